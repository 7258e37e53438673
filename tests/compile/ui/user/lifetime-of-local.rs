// A reference to a local, returned.
#[guard_runtime::loop_guard(timeout = "30s")]
fn collect<'a>(texts: &[&'a str]) -> &'a [String] {
    let mut all = Vec::new();
    for text in texts {
        all.push(text.to_string());
    }
    &all
}

#[guard_runtime::loop_guard(timeout = "30s")]
fn first(texts: &[&str]) -> std::str::Chars<'static> {
    loop {
        let text = texts[0].to_owned();
        return text.chars();
    }
}

fn main() {
    println!("{:?} {:?}", collect(&["a"]), first(&["a"]));
}
