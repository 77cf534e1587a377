//! A room uses the rooms below it, and nothing else.

#![expect(clippy::unwrap_used, reason = "a test fails by a panic")]

use std::fs;
use std::path::{Path, PathBuf};

use syn::UseTree;
use syn::visit::{self, Visit};

/// Lowest first. Rooms of one rank do not use each other.
const ROOMS: [(&str, u8); 12] = [
    ("message", 0),
    ("reply", 1),
    ("extract", 2),
    ("handler", 3),
    ("routing", 4),
    ("declare", 5),
    ("middleware", 6),
    ("dispatch", 7),
    ("transport", 8),
    ("openapi", 8),
    ("server", 9),
    ("testing", 10),
];

#[test]
fn a_room_uses_only_the_rooms_below_it() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("../toolkit-zero/src");
    for file in rust_files(&src) {
        let room = room_of(file.strip_prefix(&src).unwrap());
        let Some(rank) = rank_of(&room) else { continue };
        let mut used = UsedRooms::default();
        used.visit_file(&syn::parse_file(&fs::read_to_string(&file).unwrap()).unwrap());
        for other in used.0.iter().filter(|other| **other != room) {
            if let Some(above) = rank_of(other).filter(|other| *other >= rank) {
                panic!(
                    "{}: `{room}` ({rank}) may not use `{other}` ({above})",
                    file.display()
                );
            }
        }
    }
}

#[derive(Default)]
struct UsedRooms(Vec<String>);

impl<'ast> Visit<'ast> for UsedRooms {
    fn visit_use_path(&mut self, path: &'ast syn::UsePath) {
        if path.ident == "crate" {
            self.0.extend(heads(&path.tree));
        }
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        if path.segments.len() > 1 && path.segments[0].ident == "crate" {
            self.0.push(path.segments[1].ident.to_string());
        }
        visit::visit_path(self, path);
    }
}

fn heads(tree: &UseTree) -> Vec<String> {
    match tree {
        UseTree::Path(path) => vec![path.ident.to_string()],
        UseTree::Group(group) => group.items.iter().flat_map(heads).collect(),
        UseTree::Name(_) | UseTree::Rename(_) | UseTree::Glob(_) => Vec::new(),
    }
}

fn rank_of(room: &str) -> Option<u8> {
    ROOMS
        .iter()
        .find(|(name, _)| *name == room)
        .map(|(_, rank)| *rank)
}

fn room_of(file: &Path) -> String {
    let first = file
        .components()
        .next()
        .unwrap()
        .as_os_str()
        .to_string_lossy();
    first.trim_end_matches(".rs").to_owned()
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    entries
        .flat_map(|path| {
            if path.is_dir() {
                rust_files(&path)
            } else {
                vec![path]
            }
        })
        .collect()
}
