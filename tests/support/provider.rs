//! A tenant's own OpenID provider, in this process: metadata, keys, and tokens signed with them.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicBool, AtomicUsize, Ordering},
};

use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use jsonwebtoken::{Algorithm, EncodingKey, Header, jwk::Jwk};
use serde_json::{Value, json};

use super::NOW;

/// What its tokens are for.
pub const AUDIENCE: &str = "attestd";

/// A provider with an issuer for each name. Dropped, it is gone.
pub struct Provider {
    base: String,
    state: Arc<State>,
    server: actix_web::dev::ServerHandle,
}

struct State {
    /// The numbers of its keys, the one that signs last.
    keys: Mutex<Vec<u8>>,
    down: AtomicBool,
    asked: AtomicUsize,
}

impl Provider {
    pub(super) fn start() -> Self {
        let state =
            State { keys: Mutex::new(vec![1]), down: AtomicBool::new(false), asked: AtomicUsize::new(0) };
        let state = Arc::new(state);
        let shared = web::Data::from(state.clone());
        let app = move || App::new().app_data(shared.clone()).default_service(web::to(answer));
        let server = HttpServer::new(app).workers(1).disable_signals().bind("127.0.0.1:0").unwrap();
        let base = format!("http://{}", server.addrs()[0]);
        let server = server.run();
        let handle = server.handle();
        tokio::spawn(server);
        Self { base, state, server: handle }
    }

    /// The issuer of this name.
    pub fn issuer(&self, name: &str) -> String {
        format!("{}/{name}", self.base)
    }

    /// The claims that its tokens have at the moment at which every test begins, with some set, or removed by null.
    pub fn claims(&self, name: &str, set: Value) -> Value {
        let now = NOW.parse::<attestd::kernel::time::Instant>().unwrap().micros() / 1_000_000;
        let mut claims = json!({
            "iss": self.issuer(name), "aud": AUDIENCE, "iat": now, "exp": now + 7 * 24 * 3600,
        });
        for (claim, value) in set.as_object().unwrap() {
            claims[claim] = value.clone();
        }
        claims.as_object_mut().unwrap().retain(|_, value| !value.is_null());
        claims
    }

    /// A token with these claims.
    pub fn token(&self, name: &str, set: Value) -> String {
        let mut header = Header::new(Algorithm::EdDSA);
        header.typ = Some("at+jwt".to_owned());
        header.kid = Some(self.newest().to_string());
        self.sign(&header, &self.claims(name, set))
    }

    /// Whatever is to be signed, with its newest key.
    pub fn sign(&self, header: &Header, claims: &Value) -> String {
        jsonwebtoken::encode(header, claims, &key(self.newest())).unwrap()
    }

    /// Signs with a new key from now on; the old ones are gone at once, or stay published.
    pub fn rotate(&self, retire: bool) {
        let next = self.newest() + 1;
        let mut keys = self.state.keys.lock().unwrap();
        if retire {
            keys.clear();
        }
        keys.push(next);
    }

    /// Whether it answers at all.
    pub fn down(&self, down: bool) {
        self.state.down.store(down, Ordering::SeqCst);
    }

    /// How often it was asked for its keys.
    pub fn asked(&self) -> usize {
        self.state.asked.load(Ordering::SeqCst)
    }

    fn newest(&self) -> u8 {
        *self.state.keys.lock().unwrap().last().unwrap()
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        drop(self.server.stop(false));
    }
}

/// The private key of this number, as PKCS #8 (RFC 8410).
fn key(number: u8) -> EncodingKey {
    const HEAD: [u8; 16] = [0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20];
    EncodingKey::from_ed_der(&[&HEAD[..], &[number; 32]].concat())
}

async fn answer(request: HttpRequest, state: web::Data<State>) -> HttpResponse {
    if state.down.load(Ordering::SeqCst) {
        return HttpResponse::InternalServerError().finish();
    }
    let base = format!("http://{}", request.connection_info().host());
    let path = request.path();
    if let Some(name) = path.strip_suffix("/.well-known/openid-configuration") {
        return HttpResponse::Ok()
            .json(json!({ "issuer": format!("{base}{name}"), "jwks_uri": format!("{base}/keys") }));
    }
    state.asked.fetch_add(1, Ordering::SeqCst);
    let keys = state.keys.lock().unwrap().iter().map(|number| published(*number)).collect::<Vec<_>>();
    HttpResponse::Ok().json(json!({ "keys": keys }))
}

fn published(number: u8) -> Value {
    let mut shown =
        serde_json::to_value(Jwk::from_encoding_key(&key(number), Algorithm::EdDSA).unwrap()).unwrap();
    shown["kid"] = json!(number.to_string());
    shown["use"] = json!("sig");
    shown
}
