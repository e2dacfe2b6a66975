//! Messages to units and to groups: written ready to send into the run, sent when the pipeline file says
//! how, and recorded so that none is sent twice.

mod letter;
mod mail;
mod robot;
mod send;
mod sent;

pub use letter::{INDEX, Letter, Written, written};
pub use send::{Delivered, Trouble, deliver};
pub use sent::SENT;
