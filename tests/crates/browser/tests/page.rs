//! What a person sees. The environment names the service (`OBSERVE_URL`), chromedriver (`WEBDRIVER_URL`), and the file for a picture,
//! if one is wanted (`OBSERVE_PICTURE`).

use std::env::var;
use std::time::Duration;

use fantoccini::wd::Capabilities;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};

/// Longer than anything takes, also in a browser on a loaded machine.
const PATIENCE: Duration = Duration::from_secs(60);

async fn browser(more: &[&str]) -> Client {
    // A container has no user namespaces and little shared memory.
    let mut arguments = vec![
        "--headless=new",
        "--no-sandbox",
        "--disable-dev-shm-usage",
        "--disable-gpu",
        "--hide-scrollbars",
        "--window-size=1080,530",
    ];
    arguments.extend_from_slice(more);
    let mut wanted = Capabilities::new();
    wanted.insert(
        "goog:chromeOptions".to_owned(),
        json!({ "args": arguments }),
    );
    let driver = var("WEBDRIVER_URL").unwrap();
    let mut builder = ClientBuilder::new(HttpConnector::new());
    builder.capabilities(wanted);
    builder.connect(&driver).await.unwrap()
}

async fn background(browser: &Client) -> Value {
    let script = "return getComputedStyle(document.body).backgroundColor";
    browser.execute(script, vec![]).await.unwrap()
}

#[tokio::test]
async fn the_page_shows_what_hangs_and_follows_the_colours_of_the_system() {
    let url = var("OBSERVE_URL").unwrap();
    let light = browser(&[]).await;
    light.goto(&url).await.unwrap();
    let wait = || light.wait().at_most(PATIENCE);
    let hangs = Locator::XPath("//tr[contains(@class,'overdue')][th='jobs::blocked']");
    let row = wait().for_element(hangs).await.unwrap();
    assert!(row.text().await.unwrap().contains("it waits in futex"));
    let runs = Locator::XPath("//tr[not(contains(@class,'overdue'))][th='jobs::runaway']");
    wait().for_element(runs).await.unwrap();
    // The page is live: a trip comes every three seconds.
    let number = async || {
        let fired = light.find(Locator::Id("fired")).await.unwrap();
        fired
            .text()
            .await
            .unwrap()
            .replace(',', "")
            .parse::<u64>()
            .unwrap()
    };
    let before = number().await;
    for round in 0.. {
        if number().await > before && before > 0 || number().await > before + 1 {
            break;
        }
        assert!(round < 600, "the page stands still");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    // The page loads nothing from other origins.
    let foreign = "return performance.getEntriesByType('resource').filter(r => !r.name.startsWith(location.origin)).length";
    assert_eq!(light.execute(foreign, vec![]).await.unwrap(), json!(0));
    if let Ok(file) = var("OBSERVE_PICTURE") {
        // One row hangs and two do not.
        let all = Locator::XPath("//tbody[count(tr)=3][tr[@class='overdue']]");
        wait().for_element(all).await.unwrap();
        std::fs::write(file, light.screenshot().await.unwrap()).unwrap();
    }
    let colour = background(&light).await;
    light.close().await.unwrap();

    let dark = browser(&["--force-dark-mode"]).await;
    dark.goto(&url).await.unwrap();
    assert_ne!(background(&dark).await, colour);
    dark.close().await.unwrap();
}
