//! One command a file.

pub mod alerts;
pub mod backorders;
pub mod backup;
pub mod bench;
pub mod config;
pub mod counts;
pub mod demo;
pub mod doctor;
pub mod erase;
pub mod export;
pub mod holds;
pub mod import;
pub mod lots;
pub mod migrate;
pub mod ownership;
pub mod quota;
pub mod replay;
pub mod rotate_key;
pub mod seed_large;
pub mod serve;
pub mod sim;
pub mod token;
pub mod verify;
pub mod work;
