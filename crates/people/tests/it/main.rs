//! Who may enter, on both engines and over HTTP.

mod access;
mod audit;
mod badges;
mod doors;
mod house;
mod providers;
mod staff;
