//! The receivers' code in `docs/webhooks`: each takes a genuine delivery, and nothing else.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::UNIX_EPOCH;

use avs::domain::webhook::{avs_signature, standard_signature};

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const ID: &str = "evt_2mB7xKq9RtYw4ZcV6nLp8s";
const BODY: &str =
    r#"{"id":"evt_2mB7xKq9RtYw4ZcV6nLp8s","event":"job.completed","job":{"metadata":{"city":"Füssen"}}}"#;

/// A delivery as it arrives, and the secret that its receiver knows.
#[derive(Clone)]
struct Delivery {
    headers: Vec<(&'static str, String)>,
    body: Vec<u8>,
    secret: String,
}

impl Delivery {
    fn signed(secret: &str, sent_secs_ago: i64) -> Self {
        let now_secs = i64::try_from(UNIX_EPOCH.elapsed().unwrap().as_secs()).unwrap();
        let sent_secs = now_secs - sent_secs_ago;
        let headers = vec![
            ("X-AVS-Event", "job.completed".to_owned()),
            ("X-AVS-Timestamp", sent_secs.to_string()),
            ("X-AVS-Signature", avs_signature(secret, BODY.as_bytes())),
            ("webhook-id", ID.to_owned()),
            ("webhook-timestamp", sent_secs.to_string()),
            ("webhook-signature", standard_signature(secret, ID, sent_secs, BODY.as_bytes())),
        ];
        Self { headers, body: BODY.into(), secret: secret.to_owned() }
    }

    fn genuine() -> Self {
        Self::signed(SECRET, 1)
    }

    fn without(&self, name: &str) -> Self {
        let mut changed = self.clone();
        changed.headers.retain(|(given, _)| *given != name);
        assert_eq!(changed.headers.len() + 1, self.headers.len());
        changed
    }

    fn with(&self, name: &str, change: impl Fn(&str) -> String) -> Self {
        let mut changed = self.clone();
        let value = changed.headers.iter_mut().find(|(given, _)| *given == name).unwrap();
        value.1 = change(&value.1);
        changed
    }

    fn with_body(&self, body: &str) -> Self {
        Self { body: body.into(), ..self.clone() }
    }

    fn with_secret(&self, secret: &str) -> Self {
        Self { secret: secret.to_owned(), ..self.clone() }
    }
}

fn refused_ones() -> Vec<(&'static str, Delivery)> {
    let genuine = Delivery::genuine();
    let signed_body = BODY.replace("completed", "failed");
    // Each signature alone still fits.
    let only_avs = genuine
        .with_body(&signed_body)
        .with("X-AVS-Signature", |_| avs_signature(SECRET, signed_body.as_bytes()));
    let later = |text: &str| (text.parse::<i64>().unwrap() + 1).to_string();
    vec![
        ("a changed body", genuine.with_body(&signed_body)),
        ("a changed body with a new X-AVS-Signature", only_avs),
        ("a body with a line feed more", genuine.with_body(&format!("{BODY}\n"))),
        ("another secret", genuine.with_secret("whsec_another")),
        ("the secret without its prefix", genuine.with_secret(SECRET.strip_prefix("whsec_").unwrap())),
        ("no secret", Delivery::signed("", 1)),
        ("an old delivery", Delivery::signed(SECRET, 301)),
        ("a delivery from the future", Delivery::signed(SECRET, -3600)),
        ("another time", genuine.with("webhook-timestamp", later)),
        ("another id", genuine.with("webhook-id", |_| "evt_another".to_owned())),
        (
            "a changed X-AVS-Signature",
            genuine.with("X-AVS-Signature", |text| text.replace("sha256=", "sha256=0")),
        ),
        (
            "a signature of another version",
            genuine.with("webhook-signature", |text| text.replace("v1,", "v2,")),
        ),
        ("no X-AVS-Signature", genuine.without("X-AVS-Signature")),
        ("no webhook-signature", genuine.without("webhook-signature")),
        ("no webhook-id", genuine.without("webhook-id")),
        ("no webhook-timestamp", genuine.without("webhook-timestamp")),
    ]
}

fn snippet(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/webhooks").join(name)
}

/// Runs a receiver; returns what it prints where it accepts.
fn answer(program: &[&str], delivery: &Delivery) -> Result<String, String> {
    let mut child = Command::new(program[0])
        .args(&program[1..])
        .args(delivery.headers.iter().map(|(name, value)| format!("{name}: {value}")))
        .env("AVS_WEBHOOK_SECRET", &delivery.secret)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(&delivery.body).unwrap();
    let output = child.wait_with_output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
    match output.status.code() {
        Some(0) => Ok(text(&output.stdout)),
        Some(1) => Err(text(&output.stderr)),
        code => panic!("{program:?} ended with {code:?}: {}", text(&output.stderr)),
    }
}

fn check(program: &[&str]) {
    let genuine = Delivery::genuine();
    assert_eq!(answer(program, &genuine).as_deref(), Ok(ID));
    // While a secret is changed, a sender may sign with both.
    let both = genuine.with("webhook-signature", |text| format!("v1,AAAA {text}"));
    assert_eq!(answer(program, &both).as_deref(), Ok(ID));
    for (what, delivery) in refused_ones() {
        let refusal = answer(program, &delivery).expect_err(what);
        assert!(refusal.starts_with("refused: "), "{what}: {refusal}");
    }
}

/// Checks with an interpreter of this machine.
fn check_with(interpreter: &str, version: &str, file: &str) {
    let is_here = Command::new(interpreter).arg(version).output().is_ok_and(|output| output.status.success());
    if is_here {
        check(&[interpreter, snippet(file).to_str().unwrap()]);
    } else {
        eprintln!("skipped: {file} needs {interpreter}, which this machine does not have");
    }
}

#[test]
fn receivers_in_python_take_genuine_deliveries_only() {
    check_with("python3", "--version", "verify.py");
}

#[test]
fn receivers_in_javascript_take_genuine_deliveries_only() {
    check_with("node", "--version", "verify.mjs");
}

#[test]
fn receivers_in_ruby_take_genuine_deliveries_only() {
    check_with("ruby", "--version", "verify.rb");
}

#[test]
fn receivers_in_php_take_genuine_deliveries_only() {
    check_with("php", "--version", "verify.php");
}

#[test]
fn receivers_in_go_take_genuine_deliveries_only() {
    let directory = tempfile::tempdir().unwrap();
    let program = directory.path().join("verify");
    let mut build = Command::new("go");
    build.args(["build", "-o"]).arg(&program).arg(snippet("verify.go"));
    match build.env("GOCACHE", directory.path().join("cache")).env("GO111MODULE", "off").output() {
        Ok(output) if output.status.success() => check(&[program.to_str().unwrap()]),
        Ok(output) => panic!("{}", String::from_utf8_lossy(&output.stderr)),
        Err(_) => eprintln!("skipped: verify.go needs go, which this machine does not have"),
    }
}

/// Built by cargo as an example, with the crates of this workspace.
#[test]
fn receivers_in_rust_take_genuine_deliveries_only() {
    let program = Path::new(env!("CARGO_BIN_EXE_avs")).with_file_name("examples").join("verify_webhook");
    assert!(program.exists(), "{} is missing: cargo build -p avs --examples", program.display());
    check(&[program.to_str().unwrap()]);
}

#[test]
fn the_test_vectors_in_the_documents_are_what_the_server_computes() {
    let readme = std::fs::read_to_string(snippet("README.md")).unwrap();
    let vectors = [("whsec_test", "evt_1", r#"{"id":"evt_1"}"#), (SECRET, ID, BODY)];
    for (secret, id, body) in vectors {
        let timestamp_secs = 1_775_584_808;
        let signatures = [
            avs_signature(secret, body.as_bytes()),
            standard_signature(secret, id, timestamp_secs, body.as_bytes()),
        ];
        for text in [secret, id, body, &timestamp_secs.to_string(), &signatures[0], &signatures[1]] {
            assert!(readme.contains(text), "README.md lacks {text}");
        }
    }
}
