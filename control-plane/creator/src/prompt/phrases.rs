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
    /// Before a code to type in.
    Code,
    /// Over a date or a place.
    SaveTheDate,
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
        Phrase::Code => 6,
        Phrase::SaveTheDate => 7,
        Phrase::TheEnd => 8,
    }
}

/// Returns a phrase in a language (ISO 639-1); in English where that language is not known.
pub fn phrase(language: &str, phrase: Phrase) -> &'static str {
    let row = PHRASES.iter().find(|row| row.0 == language).unwrap_or(&PHRASES[0]);
    row.1[column(phrase)]
}

/// In the order of [`column()`].
#[rustfmt::skip]
const PHRASES: [(&str, [&str; 9]); 20] = [
    ("en", ["Learn more", "Thank you", "Step", "Tip", "Before", "After", "Code", "Save the date", "The end"]),
    ("de", ["Mehr erfahren", "Danke", "Schritt", "Tipp", "Vorher", "Nachher", "Code", "Termin vormerken", "Ende"]),
    ("fr", ["En savoir plus", "Merci", "Étape", "Conseil", "Avant", "Après", "Code", "Réservez la date", "Fin"]),
    ("es", ["Más información", "Gracias", "Paso", "Consejo", "Antes", "Después", "Código", "Reserva la fecha", "Fin"]),
    ("it", ["Scopri di più", "Grazie", "Passo", "Consiglio", "Prima", "Dopo", "Codice", "Salva la data", "Fine"]),
    ("pt", ["Saiba mais", "Obrigado", "Passo", "Dica", "Antes", "Depois", "Código", "Reserve a data", "Fim"]),
    ("nl", ["Meer informatie", "Bedankt", "Stap", "Tip", "Voor", "Na", "Code", "Zet in je agenda", "Einde"]),
    ("pl", ["Dowiedz się więcej", "Dziękujemy", "Krok", "Rada", "Przed", "Po", "Kod", "Zapisz datę", "Koniec"]),
    ("sv", ["Läs mer", "Tack", "Steg", "Tips", "Före", "Efter", "Kod", "Boka datumet", "Slut"]),
    ("da", ["Læs mere", "Tak", "Trin", "Tip", "Før", "Efter", "Kode", "Sæt kryds", "Slut"]),
    ("no", ["Les mer", "Takk", "Steg", "Tips", "Før", "Etter", "Kode", "Hold av datoen", "Slutt"]),
    ("tr", ["Daha fazla bilgi", "Teşekkürler", "Adım", "İpucu", "Önce", "Sonra", "Kod", "Tarihi not alın", "Son"]),
    ("ru", ["Подробнее", "Спасибо", "Шаг", "Совет", "До", "После", "Код", "Сохраните дату", "Конец"]),
    ("uk", ["Дізнатися більше", "Дякуємо", "Крок", "Порада", "До", "Після", "Код", "Збережіть дату", "Кінець"]),
    ("el", ["Μάθετε περισσότερα", "Ευχαριστούμε", "Βήμα", "Συμβουλή", "Πριν", "Μετά", "Κωδικός", "Σημειώστε την ημερομηνία", "Τέλος"]),
    ("ar", ["اعرف المزيد", "شكرًا", "الخطوة", "نصيحة", "قبل", "بعد", "الرمز", "احفظ الموعد", "النهاية"]),
    ("he", ["מידע נוסף", "תודה", "שלב", "טיפ", "לפני", "אחרי", "קוד", "שמרו את התאריך", "סוף"]),
    ("ja", ["詳しくはこちら", "ありがとうございました", "ステップ", "ポイント", "ビフォー", "アフター", "コード", "日程のお知らせ", "おわり"]),
    ("zh", ["了解更多", "谢谢观看", "步骤", "技巧", "之前", "之后", "优惠码", "敬请留意日期", "完"]),
    ("ko", ["자세히 보기", "감사합니다", "단계", "팁", "이전", "이후", "코드", "날짜를 기억하세요", "끝"]),
];
