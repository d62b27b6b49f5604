//! `attestd demo`: what a newcomer sees first, tried as printed.

use std::{
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use super::process::{command, refused, run};
use crate::support::*;

/// A folder of its own, gone when dropped.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        Self(std::env::temp_dir().join(format!("attestd-{name}-{}", std::process::id())))
    }

    fn path(&self) -> &str {
        self.0.to_str().unwrap()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        drop(std::fs::remove_dir_all(&self.0));
    }
}

/// A running demo, with the lines that it printed.
struct Demo {
    process: Child,
    lines: Vec<String>,
}

impl Demo {
    fn start(arguments: &[&str]) -> Self {
        let all = [["demo", "--listen", "127.0.0.1:0", "--data-dir"].as_slice(), arguments].concat();
        let mut process = command(&all).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut lines = Vec::new();
        for line in BufReader::new(process.stdout.take().unwrap()).lines() {
            lines.push(line.unwrap());
            if lines.iter().filter(|line| line.starts_with("curl ")).count() == 5 {
                break;
            }
        }
        Self { process, lines }
    }

    fn requests(&self) -> Vec<&str> {
        self.lines.iter().filter(|line| line.starts_with("curl ")).map(String::as_str).collect()
    }

    fn keys(&self) -> Vec<&str> {
        self.lines.iter().filter_map(|line| line.strip_prefix("  atd_")).collect()
    }

    /// What GET of this path answers to the key in the first request.
    fn read(&self, path: &str) -> Value {
        let (curl, urls) = self.requests()[0].split_once(" http://").unwrap();
        let address = urls.split('/').next().unwrap();
        pasted(&format!("{curl} 'http://{address}{path}'")).remove(0)
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

/// Runs a printed line in a shell; answers each JSON value that came back.
fn pasted(line: &str) -> Vec<Value> {
    let output = Command::new("sh").arg("-c").arg(line).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("{line}"))).collect()
}

#[test]
fn the_printed_requests_work_and_the_data_stays() {
    let folder = Folder::new("demo");
    let first = Demo::start(&[folder.path()]);
    let requests = first.requests();
    let certificate = pasted(requests[0]);
    assert_eq!(
        (&certificate[0]["status"], &certificate[0]["number"]),
        (&json!("active"), &json!("ISMS-2041"))
    );
    assert_eq!(certificate[1]["data"].as_array().unwrap().len(), 15);
    let due = pasted(requests[1])[0]["data"].clone();
    assert!(texts(&due, "code").contains(&"surveillance_2"), "{due}");
    let both = pasted(requests[2])[0]["data"].clone();
    assert_eq!(both["certification"]["milestones"].as_array().unwrap().len(), 15);
    assert_eq!(texts(&both["milestones"]["nodes"], "title"), texts(&due, "title"), "GraphQL means the same");
    let plan = pasted(requests[3])[0].clone();
    let planned = &plan["certifications"][0];
    assert_eq!(planned["certification"], certificate[0]["id"]);
    let steps = texts(&planned["steps"], "type");
    assert_eq!((steps[0], steps[steps.len() - 1]), ("surveillance_completed", "recertified"));
    assert_eq!(steps.iter().filter(|one| **one == "recertified").count(), 2, "the next cycle is planned too");
    let report = &plan["attestations"][0];
    assert!(texts(&report["steps"], "type").contains(&"issued"), "{report}");
    assert!(!report["following"].as_array().unwrap().is_empty(), "one report after another");
    let token = pasted(requests[4])[0].clone();
    let curl = requests[0].split(" http://").next().unwrap();
    let with_token = curl.replace(
        first.lines.iter().find_map(|line| line.trim().starts_with("atd_").then(|| line.trim())).unwrap(),
        token["access_token"].as_str().unwrap(),
    );
    let url = requests[4].split(' ').find(|word| word.starts_with("http://")).unwrap();
    let controls = pasted(&format!("{with_token} {}", url.replace("oauth/token", "controls")));
    assert_eq!(controls[0]["data"].as_array().unwrap().len(), 40);
    let keys: Vec<_> = first.keys().into_iter().map(str::to_owned).collect();
    assert_eq!(keys.len(), 2);
    for secret in ["demo-keys.json", "demo-master-key"] {
        assert_eq!(mode(&folder.0.join(secret)), 0o600, "{secret}");
    }
    the_cloud_company_has_a_past(&first);
    drop(first);

    let again = Demo::start(&[folder.path()]);
    assert_eq!(again.keys(), keys, "starting it again keeps the data");
    assert_eq!(pasted(again.requests()[1])[0]["data"], due);
    drop(again);
    let over = Demo::start(&[folder.path(), "--reset"]);
    assert!(over.keys().iter().all(|key| !keys.contains(&(*key).to_owned())), "--reset starts over");
}

/// A suspension that was lifted, a minor that is open, and SOC 2 beside it: a report with its bridge letter, and the window
/// of the next one.
fn the_cloud_company_has_a_past(demo: &Demo) {
    let certificates = demo.read("/v1/certifications");
    let certificate = &certificates["data"][0];
    let at = format!("/v1/certifications/{}/events", certificate["id"].as_str().unwrap());
    let events = demo.read(&at)["data"].clone();
    let happened = texts(&events, "type");
    let nth = |event: &str| happened.iter().position(|one| *one == event);
    assert!(nth("suspended").is_some() && nth("suspended") < nth("suspension_lifted"), "{events}");
    let usable = certificate["usable_periods"].as_array().unwrap();
    assert_eq!((&certificate["status"], usable.len()), (&json!("active"), 2), "before and since: {usable:?}");

    let minors = demo.read("/v1/findings?grade=minor")["data"].clone();
    let minor = &minors[0];
    assert_eq!(
        (&minor["state"], &minor["verification"]),
        (&json!("plan_accepted"), &Value::Null),
        "it is still open: {minors}"
    );

    let reports = demo.read("/v1/attestations?report=type_2")["data"].clone();
    let with = |state: &str| {
        let mut all = reports.as_array().unwrap().iter();
        all.find(|one| one["state"] == state).unwrap_or_else(|| panic!("none is {state}: {reports}"))
    };
    let (running, issued) = (with("window_open"), with("issued"));
    assert_eq!(running["categories"], json!(["security", "availability"]));
    let days = ["covers_from", "as_of", "covers_to"].map(|name| running[name].as_str().unwrap());
    assert!(days.is_sorted(), "the window runs: {days:?}");
    let bridged = issued["bridged_through"].as_str();
    assert_eq!(bridged, issued["bridges"][0]["covers_through"].as_str(), "{issued}");
    assert!(issued["covers_to"].as_str() < bridged, "the letter speaks of days after the report: {issued}");
}

fn mode(path: &Path) -> u32 {
    use std::os::unix::fs::PermissionsExt;
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn what_stands_in_the_way_is_one_line() {
    let folder = Folder::new("demo-refused");
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let lines = refused(&run(&["demo", "--listen", &address, "--data-dir", folder.path()]));
    assert!(lines.len() == 1 && lines[0].contains(&format!("cannot listen on {address}")), "{lines:?}");
    assert!(!folder.0.join("demo-keys.json").exists(), "nothing was made");

    let file = folder.0.join("file");
    std::fs::write(&file, []).unwrap();
    let lines = refused(&run(&["demo", "--listen", "127.0.0.1:0", "--data-dir", file.to_str().unwrap()]));
    assert!(lines.len() == 1 && lines[0].contains("cannot write to"), "{lines:?}");
}
