//! Whether the process lives, and whether it can serve.

use actix_web::{HttpResponse, get, web};

use super::respond;
use crate::{
    kernel::{
        error::{Code, Error},
        text::ShortCode,
    },
    platform::access::Services,
};

/// Tell whether the process lives
///
/// Answers without touching the database.
#[utoipa::path(tag = "Service", security(()), responses((status = 200, description = "It lives", body = inline(ShortCode), content_type = "text/plain")))]
#[get("/healthz")]
pub async fn healthz() -> HttpResponse {
    HttpResponse::Ok().content_type("text/plain").body("ok")
}

/// Tell whether the service can answer
///
/// Asks the database.
#[utoipa::path(tag = "Service", security(()), responses((status = 200, description = "It can", body = inline(ShortCode), content_type = "text/plain")))]
#[get("/readyz")]
pub async fn readyz(services: web::Data<Services>) -> HttpResponse {
    let asked = services.clone();
    let ready = services.runtime.spawn(async move { asked.db.system().await.map(drop) }).await;
    match ready {
        Ok(Ok(())) => HttpResponse::Ok().content_type("text/plain").body("ready"),
        _ => respond(&Error::new(Code::Unavailable, "the database does not answer")),
    }
}
