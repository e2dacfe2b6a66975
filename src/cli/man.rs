//! `man`: pages for the system's manual, one a command.

use std::path::Path;

use clap::Command;

use super::output::{print_path, unwritten};
use super::{AGREES, Failure};

/// Writes the pages of a command line that is built, and of all commands in it, into a folder.
pub fn man(line: &Command, out: &Path) -> Result<u8, Failure> {
    std::fs::create_dir_all(out).map_err(|cause| unwritten(out, &cause))?;
    pages(line, out)?;
    Ok(AGREES)
}

fn pages(command: &Command, out: &Path) -> Result<(), Failure> {
    // Of a command in another it is both names.
    let name = command.get_display_name().unwrap_or(command.get_name());
    let path = out.join(format!("{name}.1"));
    let mut page = Vec::new();
    let man = clap_mangen::Man::new(command.clone()).title(name);
    man.render(&mut page).map_err(|cause| unwritten(&path, &cause))?;
    std::fs::write(&path, page).map_err(|cause| unwritten(&path, &cause))?;
    print_path(&path)?;
    for under in command.get_subcommands().filter(|under| !under.is_hide_set()) {
        pages(under, out)?;
    }
    Ok(())
}
