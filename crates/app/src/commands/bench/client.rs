//! A client that waits for each answer: HTTP/1.1 on one connection, as thin as it can be, so that the server is measured.

use std::{net::SocketAddr, sync::Arc};

use anyhow::{Context as _, ensure};
use orders::place::NewOrder;
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::TcpStream,
};

/// A connection that is kept.
pub struct Client {
    stream: BufReader<TcpStream>,
    token: Arc<str>,
}

impl Client {
    /// Connects.
    pub async fn connect(address: SocketAddr, token: Arc<str>) -> anyhow::Result<Client> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Client { stream: BufReader::new(stream), token })
    }

    /// Places an order; fails unless it is accepted.
    pub async fn place(&mut self, order: &NewOrder) -> anyhow::Result<()> {
        ensure!(self.offer(order).await?, "the server wants fewer requests");
        Ok(())
    }

    /// Places an order; says whether it was accepted or is to be sent later, and fails if it is neither.
    pub async fn offer(&mut self, order: &NewOrder) -> anyhow::Result<bool> {
        let body = serde_json::to_string(order)?;
        let request = format!(
            "POST /v1/orders HTTP/1.1\r\nhost: bench\r\nauthorization: Bearer {}\r\nidempotency-key: {}\r\n\
             content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            self.token,
            order.external_reference,
            body.len()
        );
        self.stream.write_all(request.as_bytes()).await?;
        let (status, answer) = self.answer().await?;
        ensure!(matches!(status, 201 | 429), "the server answered {status}: {answer}");
        Ok(status == 201)
    }

    /// Sends JSON that changes nothing; gives the status and the answer.
    pub async fn post(&mut self, path: &str, body: &str) -> anyhow::Result<(u16, String)> {
        let request = format!(
            "POST {path} HTTP/1.1\r\nhost: bench\r\nauthorization: Bearer {}\r\n\
             content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            self.token,
            body.len()
        );
        self.stream.write_all(request.as_bytes()).await?;
        self.answer().await
    }

    /// Asks for a page as somebody who is signed in; gives the status and the page.
    pub async fn get(&mut self, path: &str, cookie: &str) -> anyhow::Result<(u16, String)> {
        let request = format!("GET {path} HTTP/1.1\r\nhost: bench\r\ncookie: {cookie}\r\n\r\n");
        self.stream.write_all(request.as_bytes()).await?;
        self.answer().await
    }

    async fn answer(&mut self) -> anyhow::Result<(u16, String)> {
        let mut line = String::new();
        self.stream.read_line(&mut line).await?;
        let status = line.split(' ').nth(1).and_then(|word| word.parse().ok());
        let status = status.with_context(|| format!("`{line}` begins no answer"))?;
        let mut length = None;
        loop {
            line.clear();
            self.stream.read_line(&mut line).await?;
            let Some((name, value)) = line.trim_end().split_once(':') else { break };
            if name.eq_ignore_ascii_case("content-length") {
                length = Some(value.trim().parse()?);
            }
        }
        let mut body = vec![0; length.context("the answer does not say how long it is")?];
        self.stream.read_exact(&mut body).await?;
        Ok((status, String::from_utf8(body)?))
    }
}
