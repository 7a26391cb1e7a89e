//! Tells cargo about inputs that it cannot see: the migrations, and the built files that a release embeds.

fn main() {
    println!("cargo:rerun-if-changed=migrations");
    // Debug builds read the built files from disk at run time; watching them would only cost rebuilds.
    if std::env::var("PROFILE").is_ok_and(|profile| profile == "release") {
        println!("cargo:rerun-if-changed=../dist/embed");
    }
}
