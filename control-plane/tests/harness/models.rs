//! A model server with an OpenAI-compatible API on a port of 127.0.0.1, that answers as a test wants, or worse.

use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// What is sent to a question: bytes, as they are.
pub(crate) enum Reply {
    /// And then the connection ends.
    Raw(String),
    /// And then spaces without end, as fast as they are taken.
    Endless(String),
    /// And then a space now and then.
    Dripping(String),
    /// Nothing, ever.
    Silence,
}

/// A question as it arrived.
#[derive(Debug, Clone)]
pub(crate) struct Question {
    pub(crate) head: String,
    pub(crate) body: Value,
}

impl Question {
    /// The prompt that it is about.
    pub(crate) fn prompt(&self) -> String {
        let facts: Value =
            serde_json::from_str(self.body["messages"][1]["content"].as_str().unwrap()).unwrap();
        facts["prompt"].as_str().unwrap().to_owned()
    }

    /// How it wants its answer.
    pub(crate) fn form(&self) -> &str {
        self.body["response_format"]["type"].as_str().unwrap_or("tool")
    }

    /// How many answers of the model it repeats.
    pub(crate) fn repairs(&self) -> usize {
        let messages = self.body["messages"].as_array().unwrap();
        messages.iter().filter(|message| message["role"] == "assistant").count()
    }
}

/// A model server.
pub(crate) struct Models {
    pub(crate) url: String,
    asked: Arc<Mutex<Vec<Question>>>,
}

impl Models {
    /// Answers with what `answer` says to a question and those that were asked about the same prompt before it.
    pub(crate) async fn answering(
        answer: impl Fn(&Question, &[Question]) -> Reply + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (answer, asked) = (Arc::new(answer), Arc::<Mutex<Vec<Question>>>::default());
        let questions = Arc::clone(&asked);
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let (answer, asked) = (Arc::clone(&answer), Arc::clone(&questions));
                tokio::spawn(async move {
                    let question = question_from(&mut stream).await;
                    let before: Vec<Question> = {
                        let mut asked = asked.lock().unwrap();
                        let prompt = question.prompt();
                        let before = asked.iter().filter(|other| other.prompt() == prompt).cloned().collect();
                        asked.push(question.clone());
                        before
                    };
                    send(&mut stream, answer(&question, &before)).await;
                });
            }
        });
        Self { url, asked }
    }

    /// Everything that it was asked.
    pub(crate) fn asked(&self) -> Vec<Question> {
        self.asked.lock().unwrap().clone()
    }
}

/// An answer in which the model says `words`.
pub(crate) fn chat_reply(words: &str) -> Reply {
    let message = json!({ "role": "assistant", "content": words });
    let choice = json!({ "index": 0, "finish_reason": "stop", "message": message });
    json_reply(&json!({ "choices": [choice] }).to_string())
}

/// An answer with a storyboard of one card that says `headline`.
pub(crate) fn storyboard_reply(headline: &str) -> Reply {
    chat_reply(&storyboard(headline).to_string())
}

/// A storyboard of one card.
pub(crate) fn storyboard(headline: &str) -> Value {
    json!({ "title": "x", "durationSeconds": 4, "tone": "bold", "palette": "auto", "accent": null,
        "scenes": [ { "durationSeconds": 4, "layout": "statement", "headline": headline, "body": null, "label": null,
            "assetId": null, "assetStart": null, "moreAssetIds": [], "motion": "still", "transition": "cut" } ],
        "music": null, "voice": null, "clipSound": "off" })
}

/// An answer of this body, well formed.
pub(crate) fn json_reply(body: &str) -> Reply {
    let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json; charset=utf-8\r\nConnection: close\r\n";
    Reply::Raw(format!("{head}Content-Length: {}\r\n\r\n{body}", body.len()))
}

/// An answer with this status and these headers.
pub(crate) fn status_reply(status: &str, headers: &str) -> Reply {
    let body = r#"{"error":{"message":"no"}}"#;
    let length = body.len();
    Reply::Raw(format!(
        "HTTP/1.1 {status}\r\nContent-Type: application/json\r\nConnection: close\r\n{headers}Content-Length: {length}\r\n\r\n{body}"
    ))
}

async fn send(stream: &mut TcpStream, reply: Reply) {
    match reply {
        Reply::Raw(bytes) => {
            stream.write_all(bytes.as_bytes()).await.ok();
            stream.shutdown().await.ok();
        }
        Reply::Endless(bytes) => {
            stream.write_all(bytes.as_bytes()).await.ok();
            while stream.write_all(&[b' '; 4096]).await.is_ok() {}
        }
        Reply::Dripping(bytes) => {
            stream.write_all(bytes.as_bytes()).await.ok();
            while stream.write_all(b" ").await.is_ok() {
                tokio::time::sleep(std::time::Duration::from_millis(50)).await;
            }
        }
        Reply::Silence => {
            stream.read_u8().await.ok();
        }
    }
}

async fn question_from(stream: &mut TcpStream) -> Question {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.unwrap());
    }
    let head = String::from_utf8(head).unwrap();
    let length =
        head.to_lowercase().split("content-length: ").nth(1).unwrap().split('\r').next().unwrap().parse();
    let mut body = vec![0; length.unwrap()];
    stream.read_exact(&mut body).await.unwrap();
    Question { head, body: serde_json::from_slice(&body).unwrap() }
}
