//! Swagger UI over `/openapi.json`, from the crate's own copy of it: no page part comes from another site.

use std::sync::Arc;

use actix_web::{HttpResponse, get, http::header, web};
use utoipa_swagger_ui::{Config, serve};

use crate::kernel::error::{Error, Result};

/// The page; its links are relative, so that it also works below a proxy's prefix.
const PAGE: &str = r#"<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>attestd API</title>
<link rel="icon" type="image/png" href="docs/favicon-32x32.png">
<link rel="stylesheet" href="docs/swagger-ui.css">
<link rel="stylesheet" href="docs/index.css">
</head>
<body>
<div id="swagger-ui"></div>
<script src="docs/swagger-ui-bundle.js"></script>
<script src="docs/swagger-ui-standalone-preset.js"></script>
<script src="docs/swagger-initializer.js"></script>
</body>
</html>
"#;

/// What the page loads.
const PARTS: [&str; 6] = [
    "favicon-32x32.png",
    "index.css",
    "swagger-initializer.js",
    "swagger-ui-bundle.js",
    "swagger-ui-standalone-preset.js",
    "swagger-ui.css",
];

#[get("/docs")]
pub(super) async fn show_page() -> HttpResponse {
    HttpResponse::Ok().content_type("text/html; charset=utf-8").body(PAGE)
}

#[get("/docs/{part}")]
pub(super) async fn show_part(part: web::Path<String>) -> Result<HttpResponse> {
    // "none" keeps the page from asking an outside validator.
    let config = Config::from("openapi.json").validator_url("none").display_request_duration(true);
    let name = PARTS.iter().find(|name| **name == part.as_str()).ok_or_else(|| Error::not_found("page"))?;
    let file = serve(name, Arc::new(config)).map_err(|fault| Error::internal(fault.to_string()))?;
    let file = file.ok_or_else(|| Error::internal("Swagger UI lacks a part of its page"))?;
    Ok(HttpResponse::Ok()
        .content_type(file.content_type)
        .insert_header((header::CACHE_CONTROL, "public, max-age=3600"))
        .body(file.bytes.into_owned()))
}
