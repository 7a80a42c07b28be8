//! Prompts in other languages.

use super::{amounts, of};
use crate::Tone;
use crate::prompt::{Aspect, Genre, ItemKind, Phrase, phrase};

#[test]
fn german_is_understood() {
    let it = of(
        "Erstelle ein 20-Sekunden-Video im Hochformat für unsere Bäckerei \"Korn & Kruste\" in Graz. Vorteile: frisches Brot, regionale Zutaten, faire Preise. Brezel statt 2,50 € jetzt 1,90 €. Jetzt bestellen auf kornkruste.example",
    );
    assert_eq!(
        (it.language.as_str(), it.duration_secs, it.brand.as_deref()),
        ("de", Some(20.0), Some("Korn & Kruste"))
    );
    assert_eq!(
        (it.items.as_slice(), it.item_kind),
        (&["Frisches Brot", "Regionale Zutaten", "Faire Preise"].map(String::from)[..], ItemKind::Feature)
    );
    assert_eq!(amounts(&it), [("1,90 €", Some("2,50 €"), Some("Brezel"))]);
    assert_eq!(
        (it.call_to_action.as_deref(), it.address.as_deref(), it.place.as_deref()),
        (Some("Jetzt bestellen"), Some("kornkruste.example"), Some("Graz"))
    );
    assert_eq!(it.aspects, [Aspect::Portrait]);
}

#[test]
fn french_is_understood() {
    let it = of(
        "Crée une vidéo de 30 secondes pour notre café « Le Petit Matin » à Lyon, chaleureuse. Ouverture le 3 mars à 8h30. Réservez votre table !",
    );
    assert_eq!((it.language.as_str(), it.duration_secs, it.tone), ("fr", Some(30.0), Some(Tone::Warm)));
    assert_eq!(
        (it.brand.as_deref(), it.place.as_deref(), it.call_to_action.as_deref()),
        (Some("Le Petit Matin"), Some("Lyon"), Some("Réservez votre table"))
    );
    assert_eq!((it.dates, it.times), (vec!["3 mars".to_owned()], vec!["8h30".to_owned()]));
}

#[test]
fn spanish_is_understood() {
    let it = of(
        "Haz un vídeo de 15 segundos para nuestra tienda: rebajas hasta el 50% de descuento, del 3 de enero al 7 de enero. Compra ya en tienda.example",
    );
    assert_eq!((it.language.as_str(), it.duration_secs, it.genre), ("es", Some(15.0), Genre::Sale));
    assert_eq!(
        (it.call_to_action.as_deref(), it.discounts),
        (Some("Compra ya"), vec!["hasta el 50% de descuento".to_owned()])
    );
    assert_eq!((it.dates, it.items.len()), (vec!["3 de enero al 7 de enero".to_owned()], 0));
}

#[test]
fn japanese_is_understood() {
    let it = of(
        "アプリ「Hanami」のローンチ動画を縦型、２０秒で作ってください。特徴：花の名前を調べる、開花を記録する、写真を共有する。12月1日リリース。「春を、ポケットに。」を最初に表示し、最後は「今すぐダウンロード」。",
    );
    assert_eq!(
        (it.language.as_str(), it.duration_secs, it.brand.as_deref()),
        ("ja", Some(20.0), Some("Hanami"))
    );
    assert_eq!(
        (it.items, it.item_kind),
        (
            ["花の名前を調べる", "開花を記録する", "写真を共有する"].map(String::from).to_vec(),
            ItemKind::Feature
        )
    );
    assert_eq!(
        (it.quoted, it.call_to_action.as_deref()),
        (vec!["春を、ポケットに。".to_owned()], Some("今すぐダウンロード"))
    );
    assert_eq!(
        (it.dates, it.aspects, it.title),
        (vec!["12月1日".to_owned()], vec![Aspect::Portrait], Some("Hanami".to_owned()))
    );
}

#[test]
fn arabic_keeps_its_language_and_shows_no_instruction() {
    let it = of("أنشئ فيديو مدته 20 ثانية لمقهى النور");
    assert_eq!((it.language.as_str(), it.duration_secs, it.title), ("ar", Some(20.0), None));
    assert_eq!(phrase(&it.language, Phrase::LearnMore), "اعرف المزيد");
}

#[test]
fn scripts_tell_languages() {
    for (prompt, language) in [
        ("做一个30秒的产品视频", "zh"),
        ("제품 영상을 만들어 주세요", "ko"),
        ("Сделай видео про кафе", "ru"),
        ("Зроби відео про їжу", "uk"),
        ("Maak een video voor onze bakkerij van het dorp", "nl"),
        ("Zrób film dla naszej kawiarni na 20 sekund", "pl"),
        ("Tally", "en"),
        ("", "en"),
    ] {
        assert_eq!(of(prompt).language, language, "{prompt}");
    }
}

#[test]
fn an_unknown_language_has_english_phrases() {
    assert_eq!(phrase("xx", Phrase::ThankYou), "Thank you");
    assert_eq!(phrase("de", Phrase::Step), "Schritt");
}
