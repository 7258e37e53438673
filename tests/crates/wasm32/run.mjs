// Runs the outcomes of a module that `cargo build` made of lib.rs, and fails at the first that is not as documented.
import { readFileSync } from "node:fs";

const { instance } = await WebAssembly.instantiate(readFileSync(process.argv[2]), {});
const wrong = instance.exports.outcomes();
if (wrong !== 0) {
    console.error(`outcome ${wrong} of tests/crates/wasm32/lib.rs is not as documented`);
    process.exit(1);
}
console.log("all outcomes are as documented");
