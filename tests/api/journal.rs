//! The journal.

use crate::support::*;

on_both!(thirty_two_writers_leave_no_gap,);

fn person(name: &str) -> Value {
    json!({ "kind": "person", "name": name, "role": "viewer" })
}

mod scenario {
    use super::*;

    pub async fn thirty_two_writers_leave_no_gap(app: &TestApp) {
        let key = app.tenant("acme").await;
        let writes = (0..32).map(|n| {
            let key = &key;
            async move {
                app.call(Method::POST, "/v1/members", key, Some(person(&format!("P{n}")))).await.status()
            }
        });
        for status in futures_util::future::join_all(writes).await {
            assert_eq!(status, 201);
        }
        let trail: Value =
            app.call(Method::GET, "/v1/journal?sort=seq&limit=200", &key, None).await.json().await.unwrap();
        let numbers: Vec<i64> =
            trail["data"].as_array().unwrap().iter().map(|entry| entry["seq"].as_i64().unwrap()).collect();
        assert_eq!(numbers, (1..=numbers.len() as i64).collect::<Vec<_>>());
        assert_eq!(numbers.len(), 3 + 32);
    }
}
