//! Who may enter, on both engines and over HTTP.

mod doors;
mod house;
mod staff;
