//! Each tenant has its own limits, from a configuration: `cargo run --example tenants`.

use std::collections::HashMap;
use std::error::Error;
use std::time::Duration;

use guard_runtime::{Budget, Tripped, loop_guard};

const CONFIGURATION: &str = "\
# tenant, milliseconds, rows
free 5000 100
team 60000 10000
";

/// What each tenant may spend on one report.
struct Limits(HashMap<String, Budget>);

impl Limits {
    fn parse(text: &str) -> Result<Self, Box<dyn Error>> {
        let mut limits = HashMap::new();
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            let fields: Vec<_> = line.split_whitespace().collect();
            let [tenant, millis, rows] = fields[..] else {
                return Err(format!("no tenant, milliseconds and rows: {line}").into());
            };
            let budget = Budget::timeout(Duration::from_millis(millis.parse()?));
            limits.insert(tenant.to_owned(), budget.iterations(rows.parse()?));
        }
        Ok(Self(limits))
    }

    /// Tenants that are not listed get the smallest budget.
    fn of(&self, tenant: &str) -> &Budget {
        self.0.get(tenant).unwrap_or(&self.0["free"])
    }
}

#[loop_guard(budget = limits.of(tenant))]
fn report(limits: &Limits, tenant: &str, rows: &[u64]) -> Result<u64, Tripped> {
    let mut sum = 0;
    for row in rows {
        sum += row;
    }
    Ok(sum)
}

fn main() -> Result<(), Box<dyn Error>> {
    let limits = Limits::parse(CONFIGURATION)?;
    let rows: Vec<u64> = (1..=1_000).collect();
    for tenant in ["free", "team", "stranger"] {
        match report(&limits, tenant, &rows) {
            Ok(sum) => println!("{tenant}: {sum}"),
            Err(tripped) => println!("{tenant}: {}", tripped.cause()),
        }
    }
    Ok(())
}
