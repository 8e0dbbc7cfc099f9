//! Accepting connections: none is waited for without end, and those under way end in order.

use std::{io, time::Duration};

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::GracefulShutdown,
    service::TowerToHyperService,
};
use tokio::{net::TcpListener, sync::watch::Receiver};

use super::told_to_stop;

/// How long the head of a request may take. Who sends a letter at a time holds a connection no longer than this.
pub const HEAD: Duration = Duration::from_secs(30);

/// The pause after the system could not give a connection, such as for want of file descriptors.
const PAUSE: Duration = Duration::from_secs(1);

/// Serves until told to close; gives when every connection has ended.
pub async fn serve(listener: TcpListener, router: Router, head: Duration, closing: Receiver<bool>) {
    let mut builder = http1::Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(head);
    let graceful = GracefulShutdown::new();
    let told = told_to_stop(closing);
    tokio::pin!(told);
    loop {
        let stream = tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => stream,
                Err(error) if is_theirs(&error) => continue,
                Err(error) => {
                    tracing::error!(%error, "no connection can be accepted");
                    tokio::time::sleep(PAUSE).await;
                    continue;
                }
            },
            () = &mut told => break,
        };
        // Answers are whole; there is nothing to wait for.
        let _ = stream.set_nodelay(true);
        let connection =
            builder.serve_connection(TokioIo::new(stream), TowerToHyperService::new(router.clone()));
        let connection = graceful.watch(connection);
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(%error, "a connection broke off");
            }
        });
    }
    drop(listener);
    graceful.shutdown().await;
}

/// True where it is the other end that has gone.
fn is_theirs(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionRefused | io::ErrorKind::ConnectionAborted | io::ErrorKind::ConnectionReset
    )
}

#[cfg(test)]
mod tests {
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        net::TcpStream,
        sync::watch,
    };

    use super::*;

    #[tokio::test]
    async fn c4_who_sends_a_letter_at_a_time_is_let_go() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (close, closing) = watch::channel(false);
        let router = Router::new().fallback(async || "here");
        let serving = tokio::spawn(serve(listener, router, Duration::from_millis(50), closing));

        let mut slow = TcpStream::connect(address).await.unwrap();
        slow.write_all(b"GET / HTTP/1.1\r\nhost: a\r\nx-slow: ").await.unwrap();
        let mut heard = Vec::new();
        // Ends, which is the fact; how it ends is the other side's manners.
        let _ = slow.read_to_end(&mut heard).await;
        assert!(!String::from_utf8_lossy(&heard).contains("here"));

        let mut quick = TcpStream::connect(address).await.unwrap();
        quick.write_all(b"GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n").await.unwrap();
        let mut heard = Vec::new();
        quick.read_to_end(&mut heard).await.unwrap();
        assert!(String::from_utf8_lossy(&heard).ends_with("here"));

        close.send_replace(true);
        serving.await.unwrap();
    }
}
