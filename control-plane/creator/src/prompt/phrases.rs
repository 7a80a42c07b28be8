//! The few words that a video may show though neither its prompt nor its files hold them, in twenty languages. They claim
//! nothing.

/// A fixed phrase.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names say it all")]
pub enum Phrase {
    LearnMore,
    ThankYou,
    /// Before a number: `Step 2`.
    Step,
    /// Before a number: `Tip 2`.
    Tip,
    Before,
    After,
    /// Before an old price.
    Was,
    /// Before a code to type in.
    Code,
    /// Over a date or a place.
    SaveTheDate,
    /// Over the words of a sale.
    Offer,
    /// On the last card of a film of memories.
    TheEnd,
}

/// Index into a row of [`PHRASES`].
fn column(phrase: Phrase) -> usize {
    match phrase {
        Phrase::LearnMore => 0,
        Phrase::ThankYou => 1,
        Phrase::Step => 2,
        Phrase::Tip => 3,
        Phrase::Before => 4,
        Phrase::After => 5,
        Phrase::Was => 6,
        Phrase::Code => 7,
        Phrase::SaveTheDate => 8,
        Phrase::Offer => 9,
        Phrase::TheEnd => 10,
    }
}

/// Returns a phrase in a language (ISO 639-1); in English where that language is not known.
pub fn phrase(language: &str, phrase: Phrase) -> &'static str {
    let row = PHRASES.iter().find(|row| row.0 == language).unwrap_or(&PHRASES[0]);
    row.1[column(phrase)]
}

/// In the order of [`column`].
#[rustfmt::skip]
const PHRASES: [(&str, [&str; 11]); 20] = [
    ("en", ["Learn more", "Thank you", "Step", "Tip", "Before", "After", "was", "Code", "Save the date", "Offer", "The end"]),
    ("de", ["Mehr erfahren", "Danke", "Schritt", "Tipp", "Vorher", "Nachher", "statt", "Code", "Termin vormerken", "Angebot", "Ende"]),
    ("fr", ["En savoir plus", "Merci", "Étape", "Conseil", "Avant", "Après", "au lieu de", "Code", "Réservez la date", "Offre", "Fin"]),
    ("es", ["Más información", "Gracias", "Paso", "Consejo", "Antes", "Después", "antes", "Código", "Reserva la fecha", "Oferta", "Fin"]),
    ("it", ["Scopri di più", "Grazie", "Passo", "Consiglio", "Prima", "Dopo", "invece di", "Codice", "Salva la data", "Offerta", "Fine"]),
    ("pt", ["Saiba mais", "Obrigado", "Passo", "Dica", "Antes", "Depois", "antes", "Código", "Reserve a data", "Oferta", "Fim"]),
    ("nl", ["Meer informatie", "Bedankt", "Stap", "Tip", "Voor", "Na", "was", "Code", "Zet in je agenda", "Aanbieding", "Einde"]),
    ("pl", ["Dowiedz się więcej", "Dziękujemy", "Krok", "Rada", "Przed", "Po", "było", "Kod", "Zapisz datę", "Oferta", "Koniec"]),
    ("sv", ["Läs mer", "Tack", "Steg", "Tips", "Före", "Efter", "förut", "Kod", "Boka datumet", "Erbjudande", "Slut"]),
    ("da", ["Læs mere", "Tak", "Trin", "Tip", "Før", "Efter", "før", "Kode", "Sæt kryds", "Tilbud", "Slut"]),
    ("no", ["Les mer", "Takk", "Steg", "Tips", "Før", "Etter", "før", "Kode", "Hold av datoen", "Tilbud", "Slutt"]),
    ("tr", ["Daha fazla bilgi", "Teşekkürler", "Adım", "İpucu", "Önce", "Sonra", "önceden", "Kod", "Tarihi not alın", "Fırsat", "Son"]),
    ("ru", ["Подробнее", "Спасибо", "Шаг", "Совет", "До", "После", "было", "Код", "Сохраните дату", "Предложение", "Конец"]),
    ("uk", ["Дізнатися більше", "Дякуємо", "Крок", "Порада", "До", "Після", "було", "Код", "Збережіть дату", "Пропозиція", "Кінець"]),
    ("el", ["Μάθετε περισσότερα", "Ευχαριστούμε", "Βήμα", "Συμβουλή", "Πριν", "Μετά", "πριν", "Κωδικός", "Σημειώστε την ημερομηνία", "Προσφορά", "Τέλος"]),
    ("ar", ["اعرف المزيد", "شكرًا", "الخطوة", "نصيحة", "قبل", "بعد", "كان", "الرمز", "احفظ الموعد", "عرض", "النهاية"]),
    ("he", ["מידע נוסף", "תודה", "שלב", "טיפ", "לפני", "אחרי", "היה", "קוד", "שמרו את התאריך", "מבצע", "סוף"]),
    ("ja", ["詳しくはこちら", "ありがとうございました", "ステップ", "ポイント", "ビフォー", "アフター", "通常", "コード", "日程のお知らせ", "お得", "おわり"]),
    ("zh", ["了解更多", "谢谢观看", "步骤", "技巧", "之前", "之后", "原价", "优惠码", "敬请留意日期", "优惠", "完"]),
    ("ko", ["자세히 보기", "감사합니다", "단계", "팁", "이전", "이후", "정가", "코드", "날짜를 기억하세요", "혜택", "끝"]),
];
