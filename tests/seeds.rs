//! Replays the kept inputs of the fuzz targets: those written by hand, and those that once found something.

use std::fs;
use std::path::Path;

use tests::targets;

#[test]
fn every_seed_of_every_target_passes() {
    let seeds = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/seeds");
    for (name, target) in targets::ALL {
        let folder = seeds.join(name);
        let files: Vec<_> = fs::read_dir(&folder)
            .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
            .map(|entry| entry.unwrap().path())
            .collect();
        assert!(!files.is_empty(), "{name} has no seeds");
        for file in files {
            eprintln!("{}", file.display());
            target(&fs::read(&file).unwrap());
        }
    }
}

#[test]
fn every_folder_of_seeds_has_its_target() {
    let seeds = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/seeds");
    for entry in fs::read_dir(seeds).unwrap() {
        let name = entry.unwrap().file_name();
        assert!(
            targets::ALL
                .iter()
                .any(|(known, _)| name.to_str() == Some(known)),
            "{name:?} is no target"
        );
    }
}
