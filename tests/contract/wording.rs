//! What the service says in public of SOC 2: it is a report with an opinion, and nobody is certified by it (D-19).

use std::path::Path;

/// Each sentence of a text, on one line.
fn sentences(text: &str) -> Vec<String> {
    let flat = text.split_whitespace().collect::<Vec<_>>().join(" ");
    flat.split_inclusive(['.', '"', '!', '?', '|']).map(str::to_owned).collect()
}

fn says(sentence: &str) -> bool {
    let lower = sentence.to_lowercase();
    let soc2 = ["soc 2", "soc2", "attestation", "type ii", "type i "].iter().any(|word| lower.contains(word));
    let wrong = ["certified", "certificate of soc", "soc 2 certificat", "soc2 certificat"];
    soc2 && wrong.iter().any(|word| lower.contains(word))
}

fn texts() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = vec![
        ("the OpenAPI document".to_owned(), attestd::app::openapi().unwrap()),
        ("the GraphQL schema".to_owned(), attestd::app::graphql_schema()),
        ("the events".to_owned(), attestd::app::events().unwrap()),
        ("README.md".to_owned(), std::fs::read_to_string(root.join("README.md")).unwrap()),
    ];
    for folder in ["docs", "src/demo"] {
        let mut folders = vec![root.join(folder)];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else if let Ok(text) = std::fs::read_to_string(&path) {
                    found.push((path.display().to_string(), text));
                }
            }
        }
    }
    found
}

#[test]
fn nobody_is_called_certified_by_soc_2() {
    let all = texts();
    assert!(all.len() > 10);
    let wrong: Vec<_> = all
        .iter()
        .flat_map(|(name, text)| sentences(text).into_iter().map(move |one| (name, one)))
        .filter(|(_, sentence)| says(sentence))
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn the_words_are_found_where_they_are_said() {
    for wrong in ["We are SOC 2 certified.", "A SOC2 Type II\n certified company", "Our SOC 2 certification"]
    {
        assert!(sentences(wrong).iter().any(|one| says(one)), "{wrong}");
    }
    assert!(!says("A report with a practitioner's opinion. Never a certificate."));
    assert!(!says("ISO/IEC 27001 certified"));
}
