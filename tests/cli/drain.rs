//! SIGTERM: what is in flight is finished, what is new is refused.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
};

use super::process::{Server, printed};
use crate::support::*;

const BODY: &str = r#"{"code": "AC-01", "title": "Access is reviewed"}"#;

/// A request whose body the server has begun to wait for: it says so with 100 Continue.
fn half_sent(server: &Server, key: &str) -> BufReader<TcpStream> {
    let mut stream = TcpStream::connect(&server.address).unwrap();
    let head = format!(
        "POST /v1/controls HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {key}\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n",
        server.address,
        BODY.len()
    );
    stream.write_all(head.as_bytes()).unwrap();
    let mut answer = BufReader::new(stream);
    let mut line = String::new();
    answer.read_line(&mut line).unwrap();
    assert_eq!(line, "HTTP/1.1 100 Continue\r\n");
    answer.get_mut().write_all(&BODY.as_bytes()[..10]).unwrap();
    answer
}

async fn a_request_in_flight_is_finished(engine: Engine) {
    let database = Database::migrated(engine).await;
    let at = ["--database-url", database.url.as_str()];
    let create = ["tenant", "create", "--slug", "acme", "--name", "Acme"];
    let tenant: Value = serde_json::from_str(&printed(&[create.as_slice(), &at].concat())).unwrap();
    let key = tenant["owner_key"]["key"].as_str().unwrap();

    let mut server = Server::start(&database.url);
    let mut request = half_sent(&server, key);
    server.terminate();
    while TcpStream::connect(&server.address).is_ok() {
        std::thread::yield_now();
    }
    request.get_mut().write_all(&BODY.as_bytes()[10..]).unwrap();
    let mut answer = String::new();
    request.read_to_string(&mut answer).unwrap();
    assert!(answer.contains("HTTP/1.1 201 Created\r\n"), "{answer}");
    assert!(answer.contains(r#""code":"AC-01""#), "{answer}");
    server.said("stopped");
    assert_eq!(server.ended(), Some(0));

    let server = Server::start(&database.url);
    let url = format!("http://{}/v1/controls", server.address);
    let kept = client().get(url).bearer_auth(key).send().await.unwrap();
    assert_eq!(kept.json::<Value>().await.unwrap()["data"][0]["code"], "AC-01");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_in_flight_is_finished_on_sqlite() {
    a_request_in_flight_is_finished(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_in_flight_is_finished_on_postgres() {
    a_request_in_flight_is_finished(Engine::Postgres).await;
}
