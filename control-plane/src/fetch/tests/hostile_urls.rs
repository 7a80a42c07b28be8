//! URLs that lead nowhere a file could be, and what a request gives away on its way.

use std::process::Command;

use super::server::{Reply, Server};
use super::{MEDIA, World, patient, policy};
use crate::fetch::client::UrlError;
use crate::fetch::download::{Downloader, FetchError, FetchPolicy};
use crate::limits;

#[track_caller]
fn verdict(url: &str) -> Result<(), UrlError> {
    Downloader::new(FetchPolicy::default(), patient()).unwrap().vet(url)
}

#[test]
fn sources_come_by_https_or_http_at_the_standard_ports() {
    for url in [
        "https://example.com/a.mp4",
        "http://example.com/a?b",
        "https://example.com:443/",
        "HTTP://example.com:80",
    ] {
        assert_eq!(verdict(url), Ok(()), "{url}");
    }
    for port in [0, 1, 22, 25, 2375, 5432, 6379, 8080, 65535] {
        assert_eq!(verdict(&format!("http://example.com:{port}/")), Err(UrlError::Port(port)), "{port}");
    }
    assert_eq!(verdict("https://example.com:80/"), Ok(()), "a port belongs to no scheme");
}

#[test]
fn no_other_scheme_passes() {
    for url in [
        "file:///etc/passwd",
        "gopher://example.com/_x",
        "data:text/plain,hello",
        "ftp://example.com/a.mp4",
        "ws://example.com/",
        "javascript:1",
        "unix:/run/docker.sock",
        "http+unix://x/",
        "concat:/etc/passwd",
    ] {
        assert_eq!(verdict(url), Err(UrlError::NotHttp), "{url}");
    }
}

#[test]
fn what_is_no_whole_url_does_not_pass() {
    for url in [
        "",
        "example.com/a.mp4",
        "//example.com/",
        "/etc/passwd",
        "http://",
        "https://[::1",
        "http://a b/",
        "http://exa%00mple.com/",
    ] {
        assert_eq!(verdict(url), Err(UrlError::Malformed), "{url}");
    }
}

#[test]
fn credentials_in_a_url_do_not_pass() {
    for url in [
        "https://me@example.com/",
        "https://me:pw@example.com/",
        "https://:pw@example.com/",
        "https://example.com@127.0.0.1/",
    ] {
        assert_eq!(verdict(url), Err(UrlError::Credentials), "{url}");
    }
}

#[test]
fn a_url_has_a_longest_length() {
    let url = format!("https://example.com/{}", "a".repeat(limits::FETCH_URL_BYTES_MAX));
    assert_eq!(verdict(&url), Err(UrlError::TooLong { bytes_max: limits::FETCH_URL_BYTES_MAX }));
    assert_eq!(verdict(&url[..limits::FETCH_URL_BYTES_MAX]), Ok(()));
}

#[tokio::test]
async fn a_redirect_is_checked_like_the_url_of_a_caller() {
    type Rule = fn(&FetchError) -> bool;
    let rules: [(&str, Rule); 6] = [
        ("file:///etc/passwd", |error| matches!(error, FetchError::Redirect(UrlError::NotHttp))),
        ("gopher://127.0.0.2/", |error| matches!(error, FetchError::Redirect(UrlError::NotHttp))),
        ("http://me:SECRET@127.0.0.1/", |error| matches!(error, FetchError::Redirect(UrlError::Credentials))),
        ("http://127.0.0.1:22/", |error| matches!(error, FetchError::Redirect(UrlError::Port(22)))),
        ("http://[::1/", |error| matches!(error, FetchError::Redirect(UrlError::Malformed))),
        ("/\u{fffd}\u{1}", |error| matches!(error, FetchError::NotHttp(_))),
    ];
    for (location, expected) in rules {
        let world = World::new(move |_path| Reply::redirect(location)).await;
        let error = world.refusal(&world.url("/")).await;
        assert!(expected(&error), "{location}: {error:?}");
        assert!(!error.is_retryable());
    }
}

#[tokio::test]
async fn redirects_are_followed_up_to_five_times_and_a_loop_ends() {
    let steps = |path: &str| match path.trim_start_matches('/').parse::<usize>().unwrap() {
        0 => Reply::media(MEDIA),
        left => Reply::redirect(&format!("{}", left - 1)),
    };
    let world = World::new(steps).await;
    assert_eq!(world.fetch(&world.url("/5")).await.unwrap().size_bytes, MEDIA.len() as u64);

    let world = World::new(steps).await;
    let error = world.refusal(&world.url("/6")).await;
    assert_eq!((error.code(), error.is_retryable()), ("source_too_many_redirects", false));

    let world = World::new(|_path| Reply::redirect("/loop")).await;
    let error = world.refusal(&world.url("/loop")).await;
    assert!(matches!(error, FetchError::TooManyRedirects { .. }), "{error:?}");
    assert_eq!(world.public.requests().len(), 1 + limits::FETCH_REDIRECTS_MAX);
}

#[tokio::test]
async fn a_request_asks_for_plain_bytes_and_carries_nothing_over_from_the_hop_before() {
    let world = World::new(|path| match path {
        "/end" => Reply::media(MEDIA),
        _ => Reply::answer("302 Found\r\nset-cookie: a=SECRET\r\nlocation: /end\r\ncontent-length: 0", b""),
    })
    .await;
    world.fetch(&world.url("/start")).await.unwrap();
    let requests = world.public.requests();
    assert_eq!(requests.len(), 2);
    for request in requests.iter().map(|request| request.to_lowercase()) {
        assert!(request.contains("\r\naccept-encoding: identity\r\n"), "{request}");
        for header in ["cookie:", "referer:", "authorization:", "range:"] {
            assert!(!request.contains(header), "{request}");
        }
    }
    assert!(!requests[1].contains("SECRET"), "{}", requests[1]);
}

/// The environment of a process cannot be changed safely, so the test runs itself once more, as a child.
#[tokio::test]
async fn a_proxy_in_the_environment_is_not_used() {
    const CHILD: &str = "AVS_TEST_PROXIED";
    let world = World::new(|_path| Reply::media(MEDIA)).await;
    if std::env::var_os(CHILD).is_some() {
        world.names.script("files.test", &[super::leads_to(&["127.0.0.1"])]);
        world.fetch(&world.url_at("files.test", "/")).await.unwrap();
        return;
    }
    let proxy = Server::start("127.0.0.1", |_path| Reply::media(MEDIA)).await;
    let mut child = Command::new(std::env::current_exe().unwrap());
    child.args(["--exact", "fetch::tests::hostile_urls::a_proxy_in_the_environment_is_not_used"]);
    child.env_remove("NO_PROXY").env_remove("no_proxy").env_remove("REQUEST_METHOD").env(CHILD, "1");
    for name in ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"] {
        child.env(name, format!("http://127.0.0.1:{}", proxy.port()));
    }
    let output = tokio::task::spawn_blocking(move || child.output().unwrap()).await.unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && text.contains("1 passed"), "{text}");
    assert_eq!(proxy.visitor_count().await, 0);
}

#[tokio::test]
async fn an_operator_can_open_a_network_and_a_port() {
    let world = World::new(|_path| Reply::media(MEDIA)).await;
    let url = world.url("/");
    for (networks, ports) in [(&["127.0.0.0/8"][..], &[80][..]), (&["10.0.0.0/8"], &[world.public.port()])] {
        let downloader = Downloader::new(policy(networks, ports), patient()).unwrap();
        assert!(downloader.vet(&url).is_err(), "{networks:?} {ports:?}");
    }
    let open = Downloader::new(policy(&["127.0.0.0/8"], &[world.public.port()]), patient()).unwrap();
    open.fetch(&url, &world.path(), 100).await.unwrap();
}
