//! Real connections on loopback: what is connected to, and what is refused before that.

use std::{
    io,
    net::IpAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use futures_util::future::BoxFuture;
use reqwest::{Method, Request};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

use super::{Allow, Answer, Failure, Lookup, Options, Outbound, client::fetch};

const HELLO: &str = "HTTP/1.1 200 OK\r\ncontent-length: 5\r\nconnection: close\r\n\r\nhello";

/// Answers every connection with the same bytes; counts them.
async fn serve(address: &str, port: u16, answer: String) -> (u16, Arc<AtomicUsize>) {
    let listener = TcpListener::bind((address, port)).await.unwrap();
    let (port, met) = (listener.local_addr().unwrap().port(), Arc::new(AtomicUsize::new(0)));
    let counted = met.clone();
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            counted.fetch_add(1, Ordering::SeqCst);
            let _ = socket.read(&mut [0; 1024]).await;
            let _ = socket.write_all(answer.as_bytes()).await;
        }
    });
    (port, met)
}

/// A name whose answers change, one after the other.
struct Changing {
    answers: Vec<Vec<IpAddr>>,
    asked: Arc<AtomicUsize>,
}

impl Lookup for Changing {
    fn lookup(&self, _: String) -> BoxFuture<'static, io::Result<Vec<IpAddr>>> {
        let n = self.asked.fetch_add(1, Ordering::SeqCst);
        let answer = self.answers[n.min(self.answers.len() - 1)].clone();
        Box::pin(async { Ok(answer) })
    }
}

fn outbound(allow: &str, answers: &[&[&str]]) -> (Outbound, Arc<AtomicUsize>) {
    let asked = Arc::<AtomicUsize>::default();
    let parsed = |one: &&[&str]| one.iter().map(|ip| ip.parse().unwrap()).collect();
    let lookup = Changing { answers: answers.iter().map(parsed).collect(), asked: asked.clone() };
    let options = Options { allow: Allow::parse(allow).unwrap(), authorities: Vec::new() };
    (Outbound::new(&options, Arc::new(lookup)).unwrap(), asked)
}

fn get(url: &str) -> Request {
    Request::new(Method::GET, url.parse().unwrap())
}

/// Through the client that guards, which otherwise speaks TLS alone.
async fn guarded(outbound: &Outbound, url: &str) -> Result<Answer, Failure> {
    fetch(&outbound.inner().guarded, get(url)).await
}

#[tokio::test]
async fn the_address_that_was_checked_is_the_one_connected_to() {
    let (port, good) = serve("127.0.0.1", 0, HELLO.to_owned()).await;
    let (_, bad) = serve("127.0.0.2", port, HELLO.to_owned()).await;
    let (outbound, asked) = outbound("127.0.0.1/32", &[&["127.0.0.1"], &["127.0.0.2"]]);
    let url = format!("http://rebinding.test:{port}/");
    assert_eq!(guarded(&outbound, &url).await.unwrap().body, b"hello");
    assert_eq!(asked.load(Ordering::SeqCst), 1, "looked up once, so there is no second answer to follow");
    let told = guarded(&outbound, &url).await.unwrap_err();
    assert!(matches!(&told, Failure::Forbidden(told) if !told.contains("127.")), "{told}");
    assert_eq!((good.load(Ordering::SeqCst), bad.load(Ordering::SeqCst)), (1, 0));
}

#[tokio::test]
async fn of_several_addresses_only_those_that_may_are_tried() {
    let (port, good) = serve("127.0.0.1", 0, HELLO.to_owned()).await;
    let (_, bad) = serve("127.0.0.2", port, HELLO.to_owned()).await;
    let (outbound, _) = outbound("127.0.0.1/32", &[&["127.0.0.2", "::1", "127.0.0.1"]]);
    guarded(&outbound, &format!("http://both.test:{port}/")).await.unwrap();
    assert_eq!((good.load(Ordering::SeqCst), bad.load(Ordering::SeqCst)), (1, 0));
}

#[tokio::test]
async fn a_listed_host_may_be_anywhere_and_without_tls() {
    let (port, met) = serve("127.0.0.1", 0, HELLO.to_owned()).await;
    let (outbound, _) = outbound("idp.internal", &[&["127.0.0.1"]]);
    outbound.send(get(&format!("http://idp.internal:{port}/"))).await.unwrap();
    let told = outbound.send(get(&format!("http://other.internal:{port}/"))).await.unwrap_err();
    assert!(
        told.to_string().contains("not https") && told.to_string().contains("ATTESTD_OUTBOUND_ALLOW"),
        "{told}"
    );
    let told = outbound.send(get(&format!("https://other.internal:{port}/"))).await.unwrap_err();
    assert!(matches!(told, Failure::Forbidden(_)), "{told}");
    assert_eq!(met.load(Ordering::SeqCst), 1);
}

#[test]
fn an_address_in_the_url_is_held_to_the_same_rules() {
    let (outbound, _) = outbound("10.1.0.0/16", &[&[]]);
    let told = |url: &str| outbound.check(&url.parse().unwrap()).err().map(|told| told.to_string());
    for url in [
        "https://127.0.0.1/",
        "https://2130706433/",
        "https://0x7f.1/",
        "https://[::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://169.254.169.254/latest/meta-data",
        "https://[fd00:ec2::254]/",
        "https://10.2.0.1/",
        "http://8.8.8.8/",
        "ftp://example.com/",
        "https://user:password@example.com/",
    ] {
        assert!(told(url).is_some(), "{url}");
    }
    for url in ["https://8.8.8.8/", "https://example.com/", "https://10.1.0.1/", "http://10.1.0.1:8080/"] {
        assert_eq!(told(url), None, "{url}");
    }
}

#[tokio::test]
async fn a_redirect_is_an_answer_and_not_followed() {
    let (port, _) =
        serve("127.0.0.1", 0, "HTTP/1.1 302 Found\r\nlocation: /x\r\ncontent-length: 0\r\n\r\n".to_owned())
            .await;
    let (outbound, asked) = outbound("a.internal", &[&["127.0.0.1"]]);
    let answer = outbound.send(get(&format!("http://a.internal:{port}/"))).await.unwrap();
    assert_eq!((answer.status, asked.load(Ordering::SeqCst)), (302, 1));
}

#[tokio::test]
async fn an_answer_without_end_is_given_up() {
    let large = format!("HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n{}", "x".repeat(1024 * 1024 + 1));
    let (port, _) = serve("127.0.0.1", 0, large).await;
    let (outbound, _) = outbound("a.internal", &[&["127.0.0.1"]]);
    let told = outbound.send(get(&format!("http://a.internal:{port}/"))).await.unwrap_err();
    assert_eq!(told, Failure::TooLarge);
}

#[tokio::test]
async fn a_name_that_leads_nowhere_is_told() {
    let (outbound, _) = outbound("", &[&[]]);
    let told = outbound.send(get("https://nowhere.test/")).await.unwrap_err();
    assert!(told.to_string().contains("is not known or leads into"), "{told}");
}
