//! Promises that are not a case: the direction of imports, the wording of help, the workbook as
//! another reader sees it.

#![allow(clippy::unwrap_used, reason = "a test that meets what is not there should stop")]

mod broken_files;
mod alone;
mod any_text;
mod cells;
mod cli;
mod draft;
mod drill;
mod durable;
mod hard;
mod hostile;
mod identity;
mod layouts;
mod layouts_at_random;
mod manuals;
mod one_voice;
mod one_way;
mod paragraph;
mod readings;
mod remembered;
mod reports;
mod second;
mod shapes;
mod silence;
mod spoilt_text;
mod support;
#[cfg(unix)]
mod taken_in;
mod third;
mod told;
mod typed;
mod web;
mod workbook;
