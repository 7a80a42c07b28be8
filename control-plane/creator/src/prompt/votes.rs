//! Word lists that vote for a genre, and those that vote for a tone. A word after "no", "not" or "without" does not vote.

use super::Genre;
use super::text::{MASK, ends_clause};
use crate::Tone;

/// Most words that vote.
const WORDS_MAX: usize = 4_000;

/// A stem, `*` for whatever ending, and its weight. Ideographs and kana are looked for anywhere.
type Stem = (&'static str, u32);

#[rustfmt::skip]
const GENRES: &[(Genre, &[Stem])] = &[
    (Genre::ScreenGuide, &[
        ("screen recording*", 5), ("screen capture*", 5), ("screencast*", 5), ("screen record*", 5),
        ("screen guide*", 5), ("recorded my screen", 5), ("bildschirmaufnahme*", 5), ("capture d'écran", 4),
        ("grabación de pantalla", 5), ("click*", 1), ("settings", 1), ("画面録画", 5), ("画面収録", 5), ("操作方法", 3),
        ("录屏", 5),
    ]),
    (Genre::Wedding, &[
        ("wedding*", 4), ("bride", 2), ("groom", 2), ("married", 2), ("marry", 2), ("anniversary", 3),
        ("honeymoon", 2), ("birthday party", 0), ("birthday*", 3), ("hochzeit*", 4), ("geburtstag*", 3),
        ("jubiläum*", 2), ("mariage*", 4), ("anniversaire*", 3), ("boda*", 4), ("cumpleaños", 3), ("aniversario", 2),
        ("engagement", 2), ("結婚*", 4), ("誕生日", 3), ("婚礼", 4), ("生日", 3),
    ]),
    (Genre::Memorial, &[
        ("memorial*", 5), ("in memory", 5), ("in loving memory", 3), ("remember*", 2), ("memories of", 3),
        ("tribute*", 3), ("passed away", 4), ("funeral*", 4), ("celebration of life", 5), ("rest in peace", 4),
        ("gedenk*", 5), ("andenken", 4), ("erinnerung an", 3), ("trauer*", 4), ("en mémoire", 5), ("hommage*", 4),
        ("en memoria", 5), ("homenaje*", 4), ("追悼", 5), ("偲ぶ", 4), ("思い出", 2), ("纪念", 3),
    ]),
    (Genre::Listing, &[
        ("real estate", 5), ("real-estate", 5), ("apartment*", 3), ("bedroom*", 3), ("bathroom*", 2),
        ("house for sale", 4), ("for rent", 3), ("property*", 2), ("listing*", 2), ("flat", 1), ("open house", 3),
        ("viewing*", 2), ("square met*", 2), ("sqm", 2), ("m²", 2), ("immobilie*", 5), ("wohnung*", 4),
        ("zimmer*", 2), ("haus zu verkaufen", 4), ("immobilier*", 5), ("appartement*", 4), ("chambres", 2),
        ("inmobiliari*", 5), ("piso", 3), ("apartamento*", 4), ("habitaciones", 2), ("villa", 2), ("interior", 1),
        ("cottage", 2), ("物件", 4), ("マンション", 4), ("不動産", 5), ("房产", 5),
    ]),
    (Genre::Recipe, &[
        ("recipe*", 5), ("ingredients", 2), ("cook*", 2), ("bake", 2), ("baked", 1), ("baking", 2), ("whisk*", 2),
        ("simmer*", 2), ("oven", 2), ("tbsp", 2), ("rezept*", 5), ("zutaten", 1), ("backen", 2), ("kochen", 2),
        ("recette*", 5), ("ingrédients", 1), ("cuisson", 2), ("receta*", 5), ("ingredientes", 1), ("cocina*", 2),
        ("ricetta", 5), ("レシピ", 5), ("作り方", 3), ("材料", 2), ("食谱", 5),
    ]),
    (Genre::HowTo, &[
        ("how to", 4), ("how-to", 4), ("tutorial*", 4), ("step-by-step", 3), ("step by step", 3), ("steps", 2),
        ("diy", 3), ("guide", 2), ("instruction*", 2), ("anleitung*", 4), ("schritt*", 2), ("so geht*", 3),
        ("tutoriel*", 4), ("étapes", 2), ("comment", 2), ("pasos", 2), ("cómo", 2), ("手順", 3), ("ステップ", 2),
        ("やり方", 3), ("使い方", 2), ("教程", 4), ("步骤", 2),
    ]),
    (Genre::Listicle, &[
        ("tips", 4), ("reasons", 4), ("ways to", 4), ("things", 2), ("facts", 3), ("mistakes", 3), ("hacks", 3),
        ("ideas", 2), ("top 3", 3), ("top 5", 3), ("top 10", 3), ("lessons", 2), ("tipps", 4), ("gründe", 4),
        ("conseils", 4), ("astuces", 4), ("raisons", 3), ("consejos", 4), ("trucos", 4), ("razones", 3), ("コツ", 4),
        ("つの理由", 4), ("つの方法", 4), ("个技巧", 4),
    ]),
    (Genre::Quote, &[
        ("quote video", 5), ("quote card", 5), ("quote", 4), ("quotes", 4), ("saying of the day", 3), ("motto", 2),
        ("zitat*", 5), ("citation*", 5), ("cita", 3), ("frase*", 2), ("名言", 5), ("格言", 4), ("引用", 2),
    ]),
    (Genre::Testimonial, &[
        ("testimonial*", 5), ("podcast*", 5), ("interview*", 4), ("customer story", 4), ("review from", 3),
        ("what our customers say", 4), ("talking head", 3), ("kundenstimme*", 5), ("erfahrungsbericht*", 4),
        ("témoignage*", 5), ("testimonio*", 5), ("entrevista*", 4), ("お客様の声", 5), ("インタビュー", 4),
    ]),
    (Genre::Sports, &[
        ("sport*", 3), ("match*", 2), ("goal*", 2), ("gym", 4), ("workout*", 3), ("football*", 3), ("soccer*", 3),
        ("basketball*", 3), ("tournament*", 2), ("marathon*", 3), ("race*", 1), ("team", 1), ("season", 1),
        ("league", 2), ("training", 2), ("motivation*", 1), ("derby", 2), ("fußball*", 4), ("spieltag*", 3),
        ("turnier*", 2), ("foot", 2), ("fútbol", 3), ("partido*", 2), ("試合", 3), ("サッカー", 3), ("比赛", 3),
    ]),
    (Genre::Music, &[
        ("single", 2), ("album*", 3), ("new song", 2), ("song*", 1), ("track", 2), ("band", 2), ("music promo*", 5),
        ("music video*", 4), ("spotify", 3), ("ep", 2), ("out now", 1), ("release*", 1), ("pre-save", 3), ("dj", 2),
        ("musikvideo*", 4), ("lied", 2), ("chanson*", 3), ("canción", 3), ("新曲", 4), ("アルバム", 3), ("lyric*", 3),
        ("stream it", 2), ("新歌", 4),
    ]),
    (Genre::Invite, &[
        ("invite*", 5), ("invitation*", 5), ("rsvp", 4), ("party", 2), ("join us", 3), ("tickets", 2), ("doors", 2),
        ("save the date", 4), ("admission", 2), ("entry", 1), ("einladung*", 5), ("lade*", 2), ("feier*", 2),
        ("invitación*", 5), ("invita*", 3), ("vernissage", 3), ("concert", 2), ("konzert", 2), ("招待", 4), ("ご案内", 3),
        ("イベント", 2), ("邀请", 4),
    ]),
    (Genre::News, &[
        ("news style", 5), ("news", 3), ("breaking", 2), ("headlines", 2), ("road closed", 2), ("bulletin", 3),
        ("press", 1), ("nachrichten*", 4), ("actualités", 4), ("noticias", 4), ("ニュース", 4), ("新闻", 4),
    ]),
    (Genre::Sale, &[
        ("sale*", 4), ("discount*", 3), ("% off", 4), ("percent off", 4), ("black friday", 4), ("cyber monday", 4),
        ("deal*", 3), ("coupon*", 3), ("clearance", 3), ("offer*", 2), ("special offer*", 2), ("schlussverkauf", 4),
        ("rabatt*", 4), ("angebot*", 3), ("ausverkauf", 4), ("soldes", 4), ("promotions", 2), ("réduction*", 3),
        ("rebajas", 4), ("descuento*", 4), ("oferta*", 3), ("saldi", 4), ("セール", 4), ("割引", 4), ("オフ", 2), ("特価", 3),
        ("半額", 3), ("打折", 4), ("促销", 4),
    ]),
    (Genre::Compare, &[
        ("compare*", 5), ("comparing", 5), ("comparison", 5), ("versus", 4), ("vs", 4), ("before/after", 5),
        ("before and after", 5), ("before & after", 5), ("pricing plan*", 5), ("plans", 2), ("vorher-nachher", 5),
        ("vorher/nachher", 5), ("vergleich*", 5), ("avant/après", 5), ("comparaison", 5), ("antes y después", 5),
        ("comparación", 5), ("ビフォーアフター", 5), ("比較", 4), ("对比", 4),
    ]),
    (Genre::Recap, &[
        ("recap*", 5), ("travel*", 2), ("trip", 3), ("vacation", 3), ("holiday", 2), ("highlights", 2),
        ("year in review", 5), ("hackathon*", 2), ("conference*", 2), ("festival*", 1), ("aftermovie", 5),
        ("after movie", 5), ("vlog*", 3), ("rückblick*", 5), ("reise*", 3), ("urlaub*", 3), ("voyage*", 3),
        ("rétrospective*", 4), ("souvenirs", 2), ("viaje*", 3), ("resumen*", 4), ("旅行", 3), ("振り返り", 4),
        ("road trip", 2), ("回顾", 4), ("weekend in", 2),
    ]),
    (Genre::AppDemo, &[
        ("app", 3), ("saas", 4), ("software*", 3), ("dashboard*", 2), ("demo", 2), ("platform*", 1), ("api", 2),
        ("plugin*", 2), ("feature*", 1), ("アプリ", 3), ("ソフト", 2), ("应用", 3), ("aplicación", 3), ("application", 2),
    ]),
    (Genre::Announcement, &[
        ("announce*", 4), ("announcing", 4), ("launch*", 3), ("opening*", 3), ("we hire", 4), ("hiring", 4),
        ("job ad", 4), ("job", 1), ("countdown*", 3), ("coming soon", 3), ("our new", 2), ("introducing", 2),
        ("grand opening", 3), ("ankündigung*", 4), ("eröffnung*", 4), ("stellenanzeige*", 4), ("wir suchen", 3),
        ("annonce*", 3), ("ouverture*", 3), ("anuncio*", 2), ("apertura*", 3), ("inauguración", 3), ("リリース", 3),
        ("発表", 3), ("お知らせ", 3), ("ローンチ", 3), ("新発売", 3), ("发布", 3),
    ]),
    (Genre::Teaser, &[
        ("teaser*", 4), ("product*", 2), ("ad", 2), ("ads", 2), ("advert*", 2), ("commercial*", 2), ("promo*", 2),
        ("bumper*", 3), ("trailer*", 3), ("brand*", 1), ("shop", 1), ("collection", 1), ("menu", 1), ("café", 1),
        ("restaurant", 1), ("werbe*", 3), ("produkt*", 2), ("pub", 2), ("publicité", 3), ("produit*", 2),
        ("producto*", 2), ("ティザー", 4), ("広告", 2), ("商品", 2), ("紹介動画", 1), ("产品", 2),
    ]),
];

#[rustfmt::skip]
const TONES: &[(Tone, &[Stem])] = &[
    (Tone::Sport, &[
        ("sport*", 2), ("gym", 3), ("hype", 3), ("high-energy", 2), ("adrenaline", 3), ("intense", 2), ("hard", 1),
        ("fast cuts", 1), ("workout*", 2), ("gritty", 2), ("football", 2), ("soccer", 2), ("match", 1),
        ("fußball*", 2), ("fútbol", 2), ("サッカー", 2), ("試合", 2),
    ]),
    (Tone::Luxury, &[
        ("luxur*", 4), ("elegant*", 3), ("romantic*", 3), ("wedding*", 2), ("premium", 2), ("fashion*", 2),
        ("sophisticated", 3), ("classy", 2), ("jewel*", 2), ("timeless", 2), ("edel*", 3), ("romantisch*", 3),
        ("hochzeit*", 2), ("élégant*", 3), ("romantique*", 3), ("luxe", 3), ("mariage", 2), ("lujo*", 3),
        ("elegante*", 3), ("romántic*", 3), ("boda", 2), ("上品", 3), ("高級", 3), ("エレガント", 3),
    ]),
    (Tone::Warm, &[
        ("warm*", 3), ("cozy", 3), ("cosy", 3), ("family", 2), ("homemade", 2), ("food*", 1), ("recipe*", 2),
        ("café", 1), ("bakery", 1), ("heartfelt", 3), ("friendly", 2), ("gentle", 2), ("loving", 2),
        ("gemütlich*", 4), ("familie*", 2), ("herzlich*", 3), ("rezept*", 2), ("chaleureu*", 4), ("famille*", 2),
        ("recette*", 2), ("acogedor*", 4), ("cálid*", 3), ("familia*", 2), ("receta*", 2), ("あたたか*", 3), ("温か", 3),
        ("家族", 2), ("レシピ", 2), ("温馨", 3),
    ]),
    (Tone::Playful, &[
        ("playful*", 4), ("fun", 2), ("funny", 3), ("kids", 3), ("kids'", 3), ("kid's", 3), ("children*", 2),
        ("cute", 3), ("party", 1), ("silly", 3), ("cheerful*", 3), ("colorful", 2), ("colourful", 2), ("cheesy", 2),
        ("quirky", 3), ("dinosaur*", 2), ("verspielt*", 4), ("lustig*", 3), ("fröhlich*", 3), ("kinder*", 2),
        ("bunt*", 2), ("ludique*", 4), ("drôle*", 3), ("enfants", 2), ("joyeu*", 2), ("divertid*", 4),
        ("alegre*", 3), ("niños", 2), ("楽しい", 3), ("かわいい", 3), ("ポップ", 3), ("可爱", 3),
    ]),
    (Tone::Editorial, &[
        ("documentary", 4), ("editorial", 4), ("journalis*", 3), ("news", 2), ("serious", 2), ("sober", 3),
        ("report*", 1), ("respectful*", 2), ("memorial*", 2), ("dokumentar*", 4), ("nachrichten*", 2),
        ("sachlich*", 3), ("documentaire", 4), ("sobre", 1), ("documental", 4), ("ドキュメンタリー", 4), ("ニュース", 2),
    ]),
    (Tone::Retro, &[
        ("retro", 4), ("vintage", 4), ("nostalgi*", 3), ("80s", 3), ("90s", 3), ("vhs", 4), ("analog*", 2),
        ("handmade", 2), ("craft*", 2), ("old-school", 3), ("rétro", 4), ("handgemacht*", 2), ("artesanal*", 2),
        ("レトロ", 4), ("复古", 4),
    ]),
    (Tone::Code, &[
        ("developer*", 3), ("programmer*", 3), ("code editor", 3), ("coding", 3), ("terminal", 3), ("cli", 3),
        ("open source", 2), ("open-source", 2), ("github", 2), ("rust", 1), ("api", 2), ("hacker*", 2),
        ("entwickler*", 3), ("développeur*", 3), ("desarrollador*", 3), ("開発者", 3),
    ]),
    (Tone::Clean, &[
        ("clean*", 3), ("minimal*", 3), ("corporate", 3), ("professional*", 3), ("saas", 2), ("simple", 1),
        ("modern*", 2), ("calm*", 2), ("business", 1), ("sleek", 3), ("clear", 1), ("seriös*", 3), ("schlicht*", 3),
        ("sauber*", 2), ("professionell*", 3), ("ruhig*", 2), ("épuré*", 4), ("sobre", 2), ("moderne*", 2),
        ("professionnel*", 3), ("limpio", 3), ("profesional*", 3), ("シンプル", 3), ("クリーン", 3), ("すっきり", 3), ("簡潔", 2),
        ("简洁", 3),
    ]),
    (Tone::Bold, &[
        ("bold*", 3), ("loud", 2), ("launch*", 1), ("sale*", 1), ("tech*", 1), ("energetic*", 2), ("upbeat*", 2),
        ("powerful", 2), ("striking", 2), ("punchy", 3), ("dynamic*", 2), ("exciting", 2), ("edgy", 2),
        ("black friday", 1), ("kräftig*", 2), ("mutig*", 2), ("dynamisch*", 2), ("energisch*", 2), ("dynamique*", 2),
        ("énergique*", 2), ("audac*", 3), ("dinámic*", 2), ("enérgic*", 2), ("力強い", 3), ("インパクト", 3), ("スタイリッシュ", 2),
        ("かっこ", 2), ("元気", 2), ("动感", 2),
    ]),
];

/// Words after which up to three words do not vote.
#[rustfmt::skip]
const NOT: &[&str] = &[
    "no", "not", "without", "never", "don't", "isn't", "nothing", "kein", "keine", "keinen", "nicht", "ohne", "sans",
    "pas", "sin", "non", "senza", "sem", "zonder", "niet", "less", "rather",
];
/// Words that end a negation.
const BUT: &[&str] = &["but", "just", "aber", "sondern", "mais", "sino", "pero", "instead"];

/// A prompt's words in small letters, with clauses' ends and negated words taken into account.
pub(super) struct Ballot {
    /// Words that count, with a `|` where a clause ends, between spaces.
    counted: String,
}

impl Ballot {
    /// Reads a text.
    pub(super) fn of(text: &str) -> Self {
        let mut counted = String::from(" ");
        let mut negated = 0_u32;
        for word in text.split([' ', '\n', MASK]).filter(|word| !word.is_empty()).take(WORDS_MAX) {
            let core = word.trim_matches(|c: char| !c.is_alphanumeric() && c != '%' && c != '\'');
            let lower = core.to_lowercase().replace('’', "'");
            if NOT.contains(&lower.as_str()) {
                negated = 4;
            } else if BUT.contains(&lower.as_str()) {
                negated = 0;
            }
            if negated > 0 {
                negated -= 1;
                counted.push_str("| ");
            } else {
                counted.push_str(&lower);
                counted.push(' ');
            }
            let ends = word
                .chars()
                .next_back()
                .is_some_and(|c| ends_clause(c) && c != '-' || matches!(c, '–' | '—'));
            if ends || matches!(word, "–" | "—" | "-") {
                negated = 0;
                counted.push_str("| ");
            }
        }
        Self { counted }
    }

    fn score(&self, stems: &[Stem]) -> u32 {
        let weigh = |stem: &Stem| if self.holds(stem.0) { stem.1 } else { 0 };
        stems.iter().map(weigh).sum()
    }

    /// Returns whether a stem is among the words.
    pub(super) fn holds(&self, stem: &str) -> bool {
        let bare = stem.trim_end_matches('*');
        let words_have_spaces = bare.chars().all(|c| u32::from(c) < 0x2e80);
        match (words_have_spaces, stem.len() == bare.len()) {
            (false, _) => self.counted.contains(bare),
            (true, true) => self.counted.contains(&format!(" {bare} ")),
            (true, false) => self.counted.contains(&format!(" {bare}")),
        }
    }

    fn winner<T: Copy>(&self, lists: &[(T, &[Stem])], least: u32) -> Option<T> {
        let mut best: Option<(u32, T)> = None;
        for (name, stems) in lists {
            let score = self.score(stems);
            if score >= least && best.is_none_or(|best| score > best.0) {
                best = Some((score, *name));
            }
        }
        best.map(|best| best.1)
    }

    /// Returns the genre with the most votes; of equals the more particular one.
    pub(super) fn genre(&self) -> Genre {
        self.winner(GENRES, 2).unwrap_or(Genre::General)
    }

    /// Returns the tone with the most votes.
    pub(super) fn tone(&self) -> Option<Tone> {
        self.winner(TONES, 2)
    }
}

/// Returns whether a word says only how something shall feel or what kind of video it is.
pub(super) fn is_style_word(word: &str) -> bool {
    let word = word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    let matches = |stem: &&'static str| match stem.strip_suffix('*') {
        Some(bare) => word.starts_with(bare),
        None => word == **stem,
    };
    let of_tones = TONES
        .iter()
        .flat_map(|tone| tone.1)
        .map(|stem| stem.0)
        .any(|stem| matches(&stem) && !THINGS.contains(&stem));
    of_tones || STYLE_WORDS.contains(&word.as_str())
}

/// Stems that vote for a tone and are things all the same.
const THINGS: &[&str] = &[
    "gym",
    "party",
    "wedding*",
    "recipe*",
    "café",
    "bakery",
    "football",
    "soccer",
    "match",
    "sale*",
    "launch*",
    "api",
    "food*",
    "family",
    "dinosaur*",
    "black friday",
    "sport*",
    "news",
    "tech*",
    "workout*",
    "hochzeit*",
    "rezept*",
    "familie*",
    "mariage",
    "recette*",
    "boda",
    "receta*",
    "rust",
    "terminal",
    "cli",
    "github",
    "memorial*",
    "fußball*",
    "fútbol",
    "craft*",
    "report*",
    "developer*",
    "business",
    "kids",
    "kids'",
    "kid's",
    "children*",
    "hard",
];

/// Words that say how a video goes.
#[rustfmt::skip]
const STYLE_WORDS: &[&str] = &[
    "asmr", "fast", "slow", "quick", "snappy", "smooth", "emotional", "inspiring", "cinematic", "moody", "bright",
    "dark", "airy", "soft", "relaxed", "relaxing", "hard", "cuts", "cut", "feel", "feeling", "vibe", "vibes", "mood",
    "look", "tone", "style", "stil", "stimmung", "schnell", "langsam", "rapide", "lent", "doux", "rápido", "lento",
    "suave", "and", "und", "et", "y", "very", "but", "a", "real", "estate",
];
