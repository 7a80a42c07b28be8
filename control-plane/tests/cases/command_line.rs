//! The operator's commands, beside a running server.

use crate::harness::Server;

#[test]
fn a_second_server_on_one_directory_ends_with_a_clear_line() {
    let server = Server::start();
    let output = server.command().args(["serve", "--listen", "127.0.0.1:0"]).output().unwrap();
    let line = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1));
    assert!(line.contains("another avs server is using"), "{line}");
}

#[test]
fn a_token_is_shown_once_and_then_listed_without_its_secret() {
    let server = Server::start();
    let (id, secret) = server.token.strip_prefix("avs.").unwrap().split_once('.').unwrap();
    let list = server.cli(&["token", "list"]);
    assert!(list.contains(id) && list.contains("active") && list.contains(&secret[39..43]), "{list}");
    assert!(!list.contains(&secret[..10]));
    server.cli(&["token", "revoke", id]);
    assert!(server.cli(&["token", "list"]).contains("revoked"));
}

#[test]
fn mistakes_are_explained_on_one_line() {
    let server = Server::start();
    for (arguments, expected) in [
        (
            vec!["account", "create", "ada@example.com"],
            "an account with the address `ada@example.com` exists",
        ),
        (vec!["account", "create", "ada"], "is not an e-mail address"),
        (vec!["credits", "grant", "bob@example.com", "5"], "no account `bob@example.com`"),
        (vec!["token", "revoke", "api_none"], "no active token `api_none`"),
    ] {
        let output = server.command().args(&arguments).output().unwrap();
        let line = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success() && line.contains(expected), "{line}");
        assert_eq!(line.lines().count(), 1, "{line}");
    }
}
