//! A signed-in browser, as far as the server can tell.

use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use super::api::{Upload, multipart};
use super::{Answer, Server};

/// A session of `ada@example.com`.
pub(crate) struct Console<'a> {
    server: &'a Server,
    cookie: String,
    pub(crate) csrf_token: String,
}

impl Server {
    /// Gives Ada a password and signs her in.
    pub(crate) async fn sign_in(&self) -> Console<'_> {
        self.sign_in_as("ada@example.com").await
    }

    /// Gives somebody a password and signs them in.
    pub(crate) async fn sign_in_as(&self, email: &str) -> Console<'_> {
        self.cli_with_input(&["account", "password", email], "correct horse battery");
        let form = json!({ "email": email.to_uppercase(), "password": "correct horse battery" });
        let answer = self.post_to("/internal/v1/session", &form).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        let cookie = answer.header("set-cookie");
        for attribute in ["__Host-avs-session=", "Secure", "HttpOnly", "SameSite=Strict", "Path=/"] {
            assert!(cookie.contains(attribute), "{cookie}");
        }
        let csrf_token = answer.json()["csrfToken"].as_str().unwrap().to_owned();
        Console { server: self, cookie: cookie.split(';').next().unwrap().to_owned(), csrf_token }
    }
}

impl Console<'_> {
    /// Sends a request of the console's own pages.
    pub(crate) async fn send(&self, method: Method, path: &str, body: &Value) -> Answer {
        self.send_with(method, path, body, &self.csrf_token).await
    }

    /// Sends a request with another CSRF token.
    pub(crate) async fn send_with(&self, method: Method, path: &str, body: &Value, csrf: &str) -> Answer {
        let as_json = |request: RequestBuilder| {
            request.header("content-type", "application/json").body(body.to_string())
        };
        self.send_built(method, path, (csrf, as_json)).await
    }

    /// Sends a request of the console's own pages, as built by `build`.
    pub(crate) async fn send_built(
        &self,
        method: Method,
        path: &str,
        (csrf, build): (&str, impl FnOnce(RequestBuilder) -> RequestBuilder),
    ) -> Answer {
        let build = |request: RequestBuilder| {
            build(request.header("cookie", &self.cookie).header("x-csrf-token", csrf))
        };
        self.server.send(method, path, build).await
    }

    /// Sends a request with files.
    pub(crate) async fn send_files(&self, path: &str, body: &Value, uploads: &[Upload<'_>]) -> Answer {
        let (kind, bytes) = multipart(body, uploads);
        let build = |request: RequestBuilder| request.header("content-type", kind).body(bytes);
        self.send_built(Method::POST, path, (&self.csrf_token, build)).await
    }

    /// Opens a page.
    pub(crate) async fn page(&self, path: &str) -> Answer {
        self.send_built(Method::GET, path, ("", |request| request)).await
    }

    /// Sends a form of a page, and follows to the page that answers.
    pub(crate) async fn form(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let mut sent: Vec<(&str, &str)> = vec![("csrf", &self.csrf_token)];
        sent.extend(fields);
        self.form_as_is(path, &sent).await
    }

    /// Sends a form with these fields only.
    pub(crate) async fn form_as_is(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let kind = "application/x-www-form-urlencoded";
        let build = |request: RequestBuilder| request.header("content-type", kind).body(body);
        self.send_built(Method::POST, path, ("", build)).await
    }
}
