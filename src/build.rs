//! Before the program is built: names it by all that it is made of. What it kept of sheets that it has
//! read holds for no other, and the version alone says too little while the program is worked on.

use std::collections::BTreeMap;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io;
use std::path::{Path, PathBuf};

fn main() -> io::Result<()> {
    // Libraries decide how a sheet is read as well.
    let mut sources = BTreeMap::from([(PathBuf::from("Cargo.toml"), fs::read("Cargo.toml")?)]);
    println!("cargo::rerun-if-changed=Cargo.toml");
    // A library is built without a lock where somebody else uses it.
    if let Ok(lock) = fs::read("Cargo.lock") {
        sources.insert(PathBuf::from("Cargo.lock"), lock);
        println!("cargo::rerun-if-changed=Cargo.lock");
    }
    collect(Path::new("src"), &mut sources)?;
    println!("cargo::rerun-if-changed=src");
    let mut hasher = DefaultHasher::new();
    sources.hash(&mut hasher);
    println!("cargo::rustc-env=DUIBIAO_SOURCES={:016x}", hasher.finish());
    Ok(())
}

fn collect(folder: &Path, sources: &mut BTreeMap<PathBuf, Vec<u8>>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, sources)?;
        } else {
            let bytes = fs::read(&path)?;
            sources.insert(path, bytes);
        }
    }
    Ok(())
}
