//! Teasers, sales, demonstrations, journeys, homes, steps, lists, news.

use super::writer::Writer;
use crate::Layout;
use crate::footage::Want;
use crate::prompt::{ItemKind, Phrase};

pub(super) fn teaser(writer: &mut Writer<'_>) {
    writer.opening(Layout::Hook, Want::Motion);
    writer.items(Layout::ListItem, 1.8, is_counted(writer));
    writer.statements(1.6);
    writer.numbers(2.0);
    writer.prices(3.0);
    writer.coupon();
    writer.hero();
    writer.when(None);
    writer.place();
    writer.end(Some(Phrase::LearnMore));
}

pub(super) fn general(writer: &mut Writer<'_>) {
    writer.opening(Layout::Hook, Want::Motion);
    writer.items(Layout::ListItem, 2.5, is_counted(writer));
    writer.statements(2.0);
    writer.numbers(2.5);
    writer.prices(3.0);
    writer.coupon();
    writer.when(None);
    writer.place();
    writer.end(None);
}

pub(super) fn sale(writer: &mut Writer<'_>) {
    writer.opening(Layout::Hook, Want::Motion);
    writer.items(Layout::ListItem, 1.7, is_counted(writer));
    writer.statements(1.6);
    writer.prices(3.2);
    writer.coupon();
    writer.numbers(2.0);
    writer.when(None);
    writer.place();
    writer.end(Some(Phrase::LearnMore));
}

pub(super) fn app_demo(writer: &mut Writer<'_>) {
    writer.opening(Layout::Hook, Want::Motion);
    writer.items(Layout::ListItem, 4.5, true);
    writer.statements(2.5);
    writer.numbers(2.5);
    writer.prices(3.0);
    writer.coupon();
    writer.when(None);
    writer.end(Some(Phrase::LearnMore));
}

pub(super) fn recap(writer: &mut Writer<'_>) {
    writer.opening(Layout::Hook, Want::Motion);
    let layout =
        if writer.understanding.item_kind == ItemKind::Place { Layout::LowerThird } else { Layout::ListItem };
    writer.items(layout, 2.6, is_counted(writer) && layout == Layout::ListItem);
    writer.place();
    writer.numbers(2.8);
    writer.statements(2.2);
    writer.when(None);
    writer.prices(3.0);
    writer.end(Some(Phrase::ThankYou));
}

pub(super) fn listing(writer: &mut Writer<'_>) {
    writer.opening(Layout::Title, Want::Calm);
    writer.place();
    writer.items(Layout::LowerThird, 3.2, false);
    writer.numbers(3.0);
    writer.statements(2.8);
    writer.prices(4.0);
    writer.when(None);
    writer.end(Some(Phrase::LearnMore));
}

pub(super) fn steps(writer: &mut Writer<'_>) {
    writer.opening(Layout::Hook, Want::Best);
    writer.items(Layout::Step, 3.4, true);
    writer.statements(2.2);
    writer.numbers(2.4);
    writer.prices(2.5);
    writer.end(None);
}

pub(super) fn listicle(writer: &mut Writer<'_>) {
    writer.opening(Layout::Hook, Want::Motion);
    writer.items(Layout::ListItem, 3.5, true);
    writer.statements(2.5);
    writer.numbers(2.5);
    writer.prices(3.0);
    writer.when(None);
    writer.end(None);
}

pub(super) fn hype(writer: &mut Writer<'_>) {
    writer.opening(Layout::Hook, Want::Motion);
    writer.statements(1.2);
    writer.items(Layout::Statement, 1.2, false);
    writer.numbers(1.6);
    writer.when(None);
    writer.place();
    writer.prices(2.0);
    writer.end(None);
}

pub(super) fn announcement(writer: &mut Writer<'_>) {
    writer.opening(Layout::Hook, Want::Motion);
    writer.items(Layout::ListItem, 2.8, is_counted(writer));
    writer.statements(2.5);
    writer.when(Some(writer.phrase(Phrase::SaveTheDate)));
    writer.place();
    writer.numbers(2.5);
    writer.prices(3.0);
    writer.coupon();
    writer.end(Some(Phrase::LearnMore));
}

pub(super) fn news(writer: &mut Writer<'_>) {
    writer.opening(Layout::LowerThird, Want::Best);
    writer.items(Layout::ListItem, 3.0, false);
    writer.statements(3.0);
    writer.when(None);
    writer.place();
    writer.numbers(3.0);
    writer.end(None);
}

/// Says whether the prompt counts its items: `5 reasons`, tips, plans.
fn is_counted(writer: &Writer<'_>) -> bool {
    let understanding = writer.understanding;
    understanding.item_kind == ItemKind::Tip
        || (understanding.item_count.is_some() && understanding.items.len() > 2)
}
