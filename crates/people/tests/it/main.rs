//! Who may enter, on both engines and over HTTP.

mod access;
mod audit;
mod doors;
mod house;
mod staff;
