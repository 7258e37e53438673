// A field that is not public.
mod bank {
    pub struct Account {
        balance: u32,
    }

    impl Account {
        pub fn new(balance: u32) -> Self {
            Self { balance }
        }
    }
}

#[guard_runtime::loop_guard(timeout = "30s")]
fn total(accounts: &[bank::Account]) -> u32 {
    let mut total = 0;
    for account in accounts {
        total += account.balance;
    }
    total
}

fn main() {
    println!("{}", total(&[bank::Account::new(1)]));
}
