//! Real servers, started and stopped.

use std::net::{SocketAddr, TcpStream};

use testkit::{Cluster, Trouble, shared, skip_or_fail};

fn answers(url: &str) -> bool {
    let address = url.rsplit_once('@').unwrap().1.split_once('/').unwrap().0;
    TcpStream::connect(address.parse::<SocketAddr>().unwrap()).is_ok()
}

#[test]
fn a_run_shares_one_server() {
    match shared::postgres_url("postgres") {
        Err(trouble @ Trouble::NoPrograms) => skip_or_fail(trouble),
        Err(trouble) => panic!("{trouble}"),
        Ok(url) => assert_eq!(shared::postgres_url("postgres").unwrap(), url),
    }
}

#[test]
fn a_durable_server_comes_back_after_a_crash_and_is_gone_when_dropped() {
    let cluster = match Cluster::durable() {
        Err(trouble @ Trouble::NoPrograms) => return skip_or_fail(&trouble),
        other => other.unwrap(),
    };
    let url = cluster.url("postgres");
    assert!(answers(&url));
    cluster.crash().unwrap();
    assert!(!answers(&url));
    cluster.restart().unwrap();
    assert!(answers(&url));
    drop(cluster);
    assert!(!answers(&url));
}
