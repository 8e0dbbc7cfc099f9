//! NATS JetStream: a stream of others to which events are published, one after the other, each once.

use std::{sync::Arc, time::Duration};

use async_nats::{
    ConnectOptions, HeaderMap,
    jetstream::{
        self, Context,
        stream::{Config, Stream},
    },
};
use tokio::{sync::Mutex, time::timeout};

use crate::{Reply, SendError};

/// The header by which JetStream, and whoever reads it, tells a repeat.
pub const MESSAGE_ID: &str = "Nats-Msg-Id";

/// How long a message may take, with the connection it may need.
const PATIENCE: Duration = Duration::from_secs(10);

/// How long a connection may take.
const CONNECTING: Duration = Duration::from_secs(3);

/// How long JetStream itself remembers ids. Longer than a sender who lost his lease can be under way; for longer gaps
/// the last message in the stream is looked at.
const REMEMBERED: Duration = Duration::from_secs(10 * 60);

/// A stream of a NATS server; cheap to clone. Connects when there is something to publish.
#[derive(Debug, Clone)]
pub struct EventStream {
    url: Arc<str>,
    name: Arc<str>,
    link: Arc<Mutex<Option<Context>>>,
}

/// A message for the stream.
#[derive(Debug)]
pub struct Note<'a> {
    /// What it tells, and the end of its subject: `order.accepted`.
    pub kind: &'a str,
    /// Its id: each repeat has the same.
    pub id: &'a str,
    /// The media type of the body.
    pub content_type: &'a str,
    /// The body.
    pub body: String,
}

impl EventStream {
    /// The stream of this name at `nats://…` or `tls://…`. It is made if there is none.
    pub fn new(url: &str, name: &str) -> EventStream {
        EventStream { url: url.into(), name: name.into(), link: Arc::default() }
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Publishes, and waits until the stream has it. After trouble the stream is asked first whether it has it already.
    pub async fn publish(&self, note: Note<'_>) -> Result<Reply, SendError> {
        // One at a time: that is what keeps them in order.
        let mut link = self.link.lock().await;
        let published = timeout(PATIENCE, self.publish_over(&mut link, note)).await;
        match published {
            Ok(Ok(())) => Ok(Reply { status: 200, retry_after: None, text: String::new(), ms: 0 }),
            Ok(Err(error)) => {
                *link = None;
                Err(SendError::Unreachable(error.to_string()))
            }
            Err(_) => {
                *link = None;
                Err(SendError::TimedOut)
            }
        }
    }

    async fn publish_over(
        &self,
        link: &mut Option<Context>,
        note: Note<'_>,
    ) -> Result<(), async_nats::Error> {
        let context = match link {
            Some(context) => context,
            None => {
                let (context, stream) = self.connect().await?;
                let context = link.insert(context);
                if last_id(&stream).await?.as_deref() == Some(note.id) {
                    return Ok(());
                }
                context
            }
        };
        let mut headers = HeaderMap::new();
        headers.insert(MESSAGE_ID, note.id);
        headers.insert("Content-Type", note.content_type);
        let subject = format!("{}.{}", self.subjects(), note.kind);
        context.publish_with_headers(subject, headers, note.body.into()).await?.await?;
        Ok(())
    }

    async fn connect(&self) -> Result<(Context, Stream), async_nats::Error> {
        let options = ConnectOptions::new().connection_timeout(CONNECTING).name("quartermaster");
        let context = jetstream::new(options.connect(&*self.url).await?);
        let config = Config {
            name: self.name.to_string(),
            subjects: vec![format!("{}.>", self.subjects())],
            duplicate_window: REMEMBERED,
            ..Config::default()
        };
        let stream = context.get_or_create_stream(config).await?;
        Ok((context, stream))
    }

    /// What all subjects begin with: `quartermaster`.
    fn subjects(&self) -> String {
        self.name.to_lowercase()
    }
}

/// The id of the last message that a stream has.
async fn last_id(stream: &Stream) -> Result<Option<String>, async_nats::Error> {
    let last = stream.get_info().await?.state.last_sequence;
    if last == 0 {
        return Ok(None);
    }
    // Somebody may have taken it out: then there is nothing to compare with.
    let Ok(message) = stream.get_raw_message(last).await else { return Ok(None) };
    Ok(message.headers.get(MESSAGE_ID).map(|id| id.as_str().to_owned()))
}
