//! The result as data for other programs, made once, after the pages are laid out.

mod data;

pub use data::{Book, Material, books};
