//! Nothing leads to an address that is not public: no spelling, no name, no redirect, no second look.

use std::net::{IpAddr, Ipv4Addr};

use proptest::prelude::*;

use super::names::Answer;
use super::server::{Reply, http};
use super::spellings::{
    DISGUISES, PRIVATE_V4, PRIVATE_V6, RADICES, dotted, embeddings, private_v4, spellings,
};
use super::{MEDIA, World, leads_to, patient, policy};
use crate::fetch::address::AddressPolicy;
use crate::fetch::client::{UrlError, client_with_lookup};
use crate::fetch::download::{Downloader, FetchError, FetchPolicy};
use crate::telemetry;

/// Every private address of the tables, and every private IPv4 address inside every IPv6 address that can hold it.
fn private_addresses() -> Vec<IpAddr> {
    let v4 = private_v4().into_iter();
    let inside = v4.clone().flat_map(|inner| embeddings(inner).map(IpAddr::from));
    let v6 = PRIVATE_V6.iter().map(|text| text.parse().unwrap());
    v4.map(IpAddr::from).chain(inside).chain(v6).collect()
}

/// As it stands in a URL.
fn host(address: IpAddr) -> String {
    if address.is_ipv6() { format!("[{address}]") } else { address.to_string() }
}

fn default_downloader() -> Downloader {
    Downloader::new(FetchPolicy::default(), patient()).unwrap()
}

#[test]
fn no_literal_of_a_private_address_passes() {
    let downloader = default_downloader();
    let addresses = private_addresses();
    assert!(addresses.len() > 300, "{}", addresses.len());
    for address in addresses {
        let verdict = downloader.vet(&format!("https://{}/", host(address)));
        assert_eq!(verdict, Err(UrlError::PrivateAddress), "{address}");
    }
}

#[test]
fn no_numeric_spelling_of_a_private_address_passes() {
    let downloader = default_downloader();
    for (address, spelling) in
        private_v4().into_iter().flat_map(|v4| spellings(v4).into_iter().map(move |s| (v4, s)))
    {
        let verdict = downloader.vet(&format!("http://{spelling}/a.mp4"));
        assert_eq!(verdict, Err(UrlError::PrivateAddress), "{address} as {spelling}");
    }
}

#[test]
fn no_dotted_tail_of_an_ipv6_address_hides_a_private_one() {
    let downloader = default_downloader();
    for inner in private_v4() {
        for prefix in ["::ffff:", "::", "::ffff:0:", "64:ff9b::", "64:ff9b:1::", "0:0:0:0:0:FFFF:"] {
            let verdict = downloader.vet(&format!("https://[{prefix}{inner}]/"));
            assert_eq!(verdict, Err(UrlError::PrivateAddress), "{prefix}{inner}");
        }
    }
}

#[tokio::test]
async fn a_literal_is_refused_before_anything_is_looked_up_or_sent() {
    let world = World::new(|_path| Reply::media(MEDIA)).await;
    for host in ["127.0.0.2", "2130706434", "0x7f000002", "0177.0.0.2", "127.2", "0x7f.2", "①②⑦.⓪.⓪.②"]
    {
        let url = format!("http://{host}:{}/", world.private.port());
        let error = world.refusal(&url).await;
        assert!(matches!(error, FetchError::Url(UrlError::PrivateAddress)), "{host}: {error:?}");
        assert!(!error.is_retryable());
        assert_eq!(error.code(), "source_url_refused");
    }
    assert!(world.names.lookups().is_empty());
    assert_eq!(world.private.visitor_count().await, 0);
}

#[tokio::test]
async fn a_name_that_leads_to_a_private_address_is_refused() {
    let world = World::new(|_path| Reply::media(MEDIA)).await;
    for address in private_addresses() {
        world.names.script("files.test", &[Answer::Addresses(vec![address])]);
        let error = world.refusal(&world.url_at("files.test", "/")).await;
        assert!(matches!(error, FetchError::PrivateName), "{address}: {error:?}");
    }
    assert_eq!(world.public.visitor_count().await, 0);
    assert_eq!(world.private.visitor_count().await, 0);
}

#[tokio::test]
async fn one_private_answer_among_public_ones_is_enough_to_refuse_a_name() {
    let world = World::new(|_path| Reply::media(MEDIA)).await;
    let good: IpAddr = "127.0.0.1".parse().unwrap();
    for address in private_addresses() {
        for answer in [vec![address, good], vec![good, address], vec![good, address, good]] {
            world.names.script("files.test", &[Answer::Addresses(answer)]);
            let error = world.refusal(&world.url_at("files.test", "/")).await;
            assert!(matches!(error, FetchError::PrivateName), "{address}: {error:?}");
        }
    }
    assert_eq!(world.public.visitor_count().await, 0);
    assert_eq!(world.private.visitor_count().await, 0);
}

#[tokio::test]
async fn a_redirect_to_a_private_literal_is_refused() {
    let world = World::new(|path| Reply::redirect(&format!("http:/{path}/"))).await;
    let addresses = private_addresses();
    for address in &addresses {
        let error = world.refusal(&world.url(&format!("/{}", host(*address)))).await;
        assert!(matches!(error, FetchError::Redirect(UrlError::PrivateAddress)), "{address}: {error:?}");
        assert!(!error.is_retryable());
    }
    assert_eq!(world.public.requests().len(), addresses.len());
}

#[tokio::test]
async fn a_redirect_to_a_private_name_is_refused() {
    let world = World::new(|_path| Reply::redirect("//inside.test/")).await;
    for address in private_addresses() {
        world.names.script("inside.test", &[Answer::Addresses(vec![address])]);
        let error = world.refusal(&world.url("/")).await;
        assert!(matches!(error, FetchError::PrivateName), "{address}: {error:?}");
    }
}

#[tokio::test]
async fn no_way_leads_to_the_private_server() {
    let world = World::new(|path| Reply::redirect(&format!("http:/{path}"))).await;
    let port = world.private.port();
    world.names.script("inside.test", &[leads_to(&["127.0.0.2"])]);
    world.names.script("mixed.test", &[leads_to(&["127.0.0.1", "127.0.0.2"])]);
    let hosts =
        ["127.0.0.2", "2130706434", "0x7f.2", "0177.0.0.02", "[::ffff:7f00:2]", "inside.test", "mixed.test"];
    for host in hosts {
        world.refusal(&format!("http://{host}:{port}/")).await;
        world.refusal(&world.url(&format!("/{host}:{port}"))).await;
    }
    assert_eq!(world.private.visitor_count().await, 0);
    assert_eq!(world.public.requests().len(), hosts.len(), "each redirect was asked for");
}

#[tokio::test]
async fn the_private_server_counts_those_who_do_reach_it() {
    let world = World::new(|_path| Reply::media(MEDIA)).await;
    let url = format!("http://127.0.0.2:{}/", world.private.port());
    let lax = Downloader::new(policy(&["127.0.0.2/32"], &[world.private.port()]), patient()).unwrap();
    lax.fetch(&url, &world.path(), 100).await.unwrap();
    assert_eq!(world.private.visitor_count().await, 1);
}

#[tokio::test]
async fn the_address_that_was_checked_is_the_address_that_is_used() {
    let world = World::new(|_path| Reply::media(MEDIA)).await;
    world.names.script("files.test", &[leads_to(&["127.0.0.1"]), leads_to(&["127.0.0.2"])]);
    world.fetch(&world.url_at("files.test", "/")).await.unwrap();
    assert_eq!(world.names.lookups(), ["files.test"]);
    assert_eq!(world.private.visitor_count().await, 0);
}

#[tokio::test]
async fn a_name_that_turns_private_between_two_hops_is_refused() {
    let world = World::new(|_path| Reply::redirect("/again")).await;
    let addresses = private_addresses();
    for address in &addresses {
        world.names.script("files.test", &[leads_to(&["127.0.0.1"]), Answer::Addresses(vec![*address])]);
        let error = world.refusal(&world.url_at("files.test", "/")).await;
        assert!(matches!(error, FetchError::PrivateName), "{address}: {error:?}");
    }
    assert_eq!(world.names.lookups().len(), 2 * addresses.len(), "each hop looks up for itself");
    assert_eq!(world.public.requests().len(), addresses.len());
    assert_eq!(world.private.visitor_count().await, 0);
}

#[tokio::test]
async fn a_connection_that_is_kept_open_spares_the_next_hop_no_look_up() {
    let world =
        World::new(|_path| Reply::Stall(http("302 Found\r\nlocation: /again\r\ncontent-length: 0"))).await;
    world.names.script("files.test", &[leads_to(&["127.0.0.1"]), leads_to(&["127.0.0.2"])]);
    let error = world.refusal(&world.url_at("files.test", "/")).await;
    assert!(matches!(error, FetchError::PrivateName), "{error:?}");
    assert_eq!(world.names.lookups().len(), 2);
}

#[tokio::test]
async fn webhooks_refuse_private_names_as_well() {
    let world = World::new(|_path| Reply::media(MEDIA)).await;
    world.names.script("mixed.test", &[leads_to(&["127.0.0.1", "127.0.0.2"])]);
    world.names.script("good.test", &[leads_to(&["127.0.0.1"])]);
    let policy = AddressPolicy { allowed: vec!["127.0.0.1/32".parse().unwrap()] };
    let client = client_with_lookup(&policy, world.names.clone()).unwrap();
    let error = client.post(world.url_at("mixed.test", "/")).send().await.unwrap_err();
    assert!(telemetry::chain(&error).contains("not public"), "{error:?}");
    assert_eq!(world.public.visitor_count().await, 0);
    client.post(world.url_at("good.test", "/")).send().await.unwrap();
}

proptest! {
    #[test]
    fn no_spelling_of_a_private_address_passes_and_every_one_of_a_public_address_does(
        block in 0..PRIVATE_V4.len(),
        place in any::<u32>(),
        radices in prop::collection::vec(prop::sample::select(&RADICES[..]), 1..=4),
        disguise in prop::sample::select(&DISGUISES[..]),
    ) {
        let [first, last] = [PRIVATE_V4[block].0, PRIVATE_V4[block].1]
            .map(|text| u32::from(text.parse::<Ipv4Addr>().unwrap()));
        let private = Ipv4Addr::from(first + place % (last - first + 1));
        let downloader = default_downloader();
        let vet = |address| downloader.vet(&format!("https://{}/x", disguise(&dotted(address, &radices))));
        prop_assert_eq!(vet(private), Err(UrlError::PrivateAddress), "{}", private);
        let public = Ipv4Addr::from(u32::from(Ipv4Addr::new(8, 0, 0, 0)) | (place >> 8));
        prop_assert_eq!(vet(public), Ok(()), "{}", public);
    }
}
