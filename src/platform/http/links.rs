//! OpenAPI links: what the id of something created opens, so that a client or a test can walk on from there.

use serde_json::{Map, Value, json};

type Paths = Map<String, Value>;

/// Adds to every 201 the operations that take the new id.
pub(super) fn add(document: &mut Value) {
    let Some(paths) = document["paths"].as_object().cloned() else { return };
    for (path, item) in document["paths"].as_object_mut().into_iter().flatten() {
        let links = links(&paths, path);
        if let Some(created) = item.pointer_mut("/post/responses/201").filter(|_| !links.is_empty()) {
            created["links"] = Value::Object(links);
        }
    }
}

fn links(paths: &Paths, path: &str) -> Map<String, Value> {
    let mut links = Map::new();
    for (below, item) in paths {
        let Some(variable) = variable_below(path, below) else { continue };
        let mut parameters: Map<String, Value> =
            variables(path).map(|name| (name.to_owned(), format!("$request.path.{name}").into())).collect();
        let told = if variable == "number" { "number" } else { "id" };
        parameters.insert(variable.to_owned(), format!("$response.body#/{told}").into());
        for name in item.as_object().into_iter().flatten().filter_map(|(_, one)| one["operationId"].as_str())
        {
            links.insert(name.to_owned(), json!({ "operationId": name, "parameters": parameters }));
        }
    }
    links
}

/// The one variable that `below` has more than `path`, right after it.
fn variable_below<'a>(path: &str, below: &'a str) -> Option<&'a str> {
    let rest = below.strip_prefix(path)?.strip_prefix("/{")?;
    let (name, rest) = rest.split_once('}')?;
    (!rest.contains('{')).then_some(name)
}

fn variables(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_created_opens_what_takes_its_id() {
        let (post, get) =
            (json!({ "responses": { "201": {} } }), |name: &str| json!({ "operationId": name }));
        let mut document = json!({ "paths": {
            "/a": { "post": post },
            "/a/{id}": { "get": get("get_a") },
            "/a/{id}/b": { "post": post },
            "/a/{id}/b/{b_id}": { "get": get("get_b") },
        }});
        add(&mut document);
        let links = |path: &str| document["paths"][path]["post"]["responses"]["201"]["links"].clone();
        let parameters = json!({ "id": "$response.body#/id" });
        assert_eq!(links("/a"), json!({ "get_a": { "operationId": "get_a", "parameters": parameters } }));
        let parameters = json!({ "id": "$request.path.id", "b_id": "$response.body#/id" });
        assert_eq!(
            links("/a/{id}/b"),
            json!({ "get_b": { "operationId": "get_b", "parameters": parameters } })
        );
    }
}
