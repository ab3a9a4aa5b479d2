#include "source/demo/detail/phrase_tables.h"

namespace tg::demo::detail {
namespace {

using Lines = std::string_view;

constexpr Lines kSignals[] = {
    "<b>{asset} · COMPRA</b>\nEntrada {price}\nStop {stop}\nAlvo 1 {t1}\nAlvo 2 {t2}\n\n{note}",
    "<b>{asset} · VENDA</b> abaixo de {price}\nStop {t1}\nAlvo {stop}\n\n{note}",
    "{asset}: região de {price} segurou de novo. Sem operação por enquanto, aguardando fluxo. #aguardar",
    "Foco no índice até as {hour}. Perto de {price} olho no volume 👀",
    "<i>Plano do dia</i>\n1. {asset} só acima de {price}\n2. Stop técnico em {stop}\n3. Risco de {pct} %",
    "Resultado parcial: <s>+{big} pontos</s> na semana, {n} operações. Quem seguiu o plano está bem 💪"};
constexpr Lines kSignalsAnswers[] = {"Alvo 1 atingido em {t1} ✅ Metade realizada.",
                                     "Stop no zero a zero a partir de agora.", "Entrada executada em {price}. {note}",
                                     "Encerrada em {stop}. Segue o jogo."};
constexpr Lines kSignalsCaptions[] = {"Mapa da tarde: índice, dólar e ouro.",
                                      "Gráfico de {asset}, 15 minutos. Suporte em {stop}.",
                                      "Leitura do fluxo às {hour} 📊"};

constexpr Lines kGold[] = {"Ouro testa {price} pela terceira vez no dia. Rompendo, próxima região em {t1}.",
                           "🟡 <b>XAUUSD</b> compra {price} · stop {stop} · alvo {t1}",
                           "Dólar futuro cai {pct} % com fluxo de exportador. $USD",
                           "Prata acompanha: {pct} % desde a abertura. #metais",
                           "Atenção às {hour}: dado de emprego nos EUA mexe com o ouro."};
constexpr Lines kGoldAnswers[] = {"Rompeu! {t1} na tela.", "Segurou em {stop}, como previsto.",
                                  "Parcial em {t1}, resto no zero a zero."};
constexpr Lines kGoldCaptions[] = {"Ouro no diário: canal intacto.", "Dólar, 5 minutos. {note}"};

constexpr Lines kMarkets[] = {
    "Copper stocks fall for a ninth week as two smelters cut output; three-month price {price}.",
    "<b>OPEN</b> Futures {pct} % higher, volume {big} contracts by {hour}.",
    "JUST IN: {place} terminal reopens after {n} days. Backlog estimated at {big} t.",
    "{asset} guidance raised; shares up {pct} % pre-market $ACME #earnings",
    "<q>We see demand improving into the next quarter.</q> CFO on the call, {hour} London."};
constexpr Lines kMarketsAnswers[] = {"Correction: the figure is {pct} %, not as first sent.", "Confirmed by two desks.",
                                     "Update: volume now {big}."};
constexpr Lines kMarketsCaptions[] = {"Inventories, five years. The line is the average.",
                                      "Today in one chart: {asset}."};

constexpr Lines kCrypto[] = {"BTC segura a região de {price}. Suporte em {stop}, resistência em {t1}.",
                             "🚀 $ETH +{pct} % em 24 h. Volume {big} mil.",
                             "Liquidações: {big} mil nas últimas {n} horas ⚠️",
                             "Rede congestionada, taxa média {n} sat/vB. <c>mempool {big}</c>",
                             "Entrada parcial em {asset} a {price}, stop {stop}. <s>Alvo {t2}</s>"};
constexpr Lines kCryptoAnswers[] = {"Alvo em {t1} batido 🎯", "Perdeu {stop}. Fora.",
                                    "Segurando. Próxima leitura às {hour}."};
constexpr Lines kCryptoCaptions[] = {"Mapa de liquidações.", "{asset} no gráfico de 4 h."};

constexpr Lines kFires[] = {
    "🔥 New hotspot, {n} km north of {place}. Wind {n} km/h, humidity {pct} %.",
    "{place}: evacuation lifted at {hour}. Road A-{n} still closed.",
    "Satellite pass at {hour}: {n} detections near {place}. #wildfire",
    "Aircraft back at base; ground crews hold the line at {place}.",
    "<b>ALERT</b> rapid spread towards {place}. Follow official channels https://alerts.example/iberia"};
constexpr Lines kFiresAnswers[] = {"Contained at {hour}.", "Second team on the way.", "Area revised to {big} ha."};
constexpr Lines kFiresCaptions[] = {"Perimeter at {hour}, {place}.", "Thermal view, {n} detections."};

constexpr Lines kShips[] = {"Bulk carrier {vessel} at anchor since {hour}, {place} roads. {n} in the queue.",
                            "{vessel} berthed at {place}, draft {pct} m. ETD {hour}.",
                            "Dark for {n} h: {vessel}, last fix off {place}.",
                            "Queue at {place}: <b>{n}</b> vessels, average wait {pct} days. #congestion"};
constexpr Lines kShipsAnswers[] = {"AIS back at {hour}.", "Pilot on board.", "Shifted to outer anchorage."};
constexpr Lines kShipsCaptions[] = {"{vessel}, {place}.", "Anchorage this morning."};

constexpr Lines kMacro[] = {"Minutes at {hour}. Three things to read: inflation {pct} %, wages, the word \"patience\".",
                            "Deposit facility unchanged, statement as expected. Curve {n} bp flatter.",
                            "<u>Calendar</u>\n{hour} CPI, consensus {pct} %\n16:00 Minutes\n18:30 Auction, {big} mn",
                            "10y at {pct} %, {n} bp on the day. <i>Quiet tape.</i>"};
constexpr Lines kMacroAnswers[] = {"Print: {pct} %.", "No press conference today.", "Revised: {pct} %."};
constexpr Lines kMacroCaptions[] = {"Dots, then and now.", "Real rates since 2010."};

constexpr Lines kEnergy[] = {"Reservatórios do Sudeste em {pct}0 % da capacidade; carga de {big} MW às {hour}.",
                             "Brent {price}, gás +{pct} %. Estoques saem às {hour}.",
                             "Café arábica {t1}; açúcar estável. #commodities",
                             "Leilão de energia: {n} projetos, preço médio {price}."};
constexpr Lines kEnergyAnswers[] = {"Corrigido: {pct} %.", "Operação normalizada às {hour}.",
                                    "Confirmado pelo operador."};
constexpr Lines kEnergyCaptions[] = {"Nível dos reservatórios, 12 meses.", "Curva de futuros hoje."};

constexpr Lines kRail[] = {"Trecho norte liberado depois da vistoria; primeiro trem às {hour}.",
                           "Fila de {n} composições em {place}. Espera média de {pct} h.",
                           "Embarque de {big} t de soja concluído em {place} 🚂",
                           "Manutenção programada: {place}, das {hour} em diante."};
constexpr Lines kRailAnswers[] = {"Liberado.", "Atraso de {n} min.", "Equipe no local."};
constexpr Lines kRailCaptions[] = {"Pátio de {place} nesta manhã.", "Mapa da malha."};

constexpr Lines kDesk[] = {"Handover: watch the copper thread, {hour} is the next print.",
                           "Anyone awake? {asset} moving, {pct} % in ten minutes",
                           "Closed {asset} at {price}, flat for the night 😴",
                           "Risk limit raised to {big} until {hour}, ok from desk head.",
                           "שלום, בודק את {asset}: {price}",
                           "kettle is on ☕️"};
constexpr Lines kDeskAnswers[] = {"on it", "thanks 🙏", "same here, {price}", "looks like {pct} % now", "+1"};
constexpr Lines kDeskCaptions[] = {"Screen for the morning.", "This, at {hour}."};

constexpr Lines kFlows[] = {"Saldo parcial: estrangeiro +{big} mi, institucional −{price} mi.",
                            "Aluguel de {asset} a {pct} % ao ano.", "Block de {big} mil em {asset} a {price}.",
                            "Put/call {pct}. <b>Vencimento na sexta.</b>"};
constexpr Lines kFlowsAnswers[] = {"Atualizado: +{big} mi.", "Fecha em {price}.", "Confirmado no boletim."};
constexpr Lines kFlowsCaptions[] = {"Fluxo acumulado no mês.", "Posição por participante."};

constexpr Lines kCity[] = {"Diário oficial de hoje: {n} anexos, {big} páginas.",
                           "Licitação {n}/2025 publicada: {place}, valor de R$ {big} mil.",
                           "Sessão da câmara às {hour}. Pauta: https://camara.example/pauta/{n}",
                           "Empenhos do mês: R$ {big} mil. #transparência"};
constexpr Lines kCityAnswers[] = {"Publicado.", "Errata na página {n}.", "Adiada para as {hour}."};
constexpr Lines kCityCaptions[] = {"Execução do orçamento.", "Obra em {place}."};

constexpr Lines kArabic[] = {
    "ارتفع خام برنت إلى {price} دولار، بزيادة {pct}٪ اليوم.", "<b>عاجل</b>: المؤشر يغلق عند {price} نقطة.",
    "إشارة شراء {asset} عند {price}، وقف الخسارة {stop}، الهدف {t1} ✅", "#أسواق الذهب يختبر {price} للمرة الثالثة."};
constexpr Lines kArabicAnswers[] = {"تم تحقيق الهدف {t1}.", "تحديث: {pct}٪.", "شكرا للمتابعة 🙏"};
constexpr Lines kArabicCaptions[] = {"الرسم البياني اليومي.", "حركة {asset} هذا الأسبوع."};

constexpr Lines kAssetsBr[] = {"WINZ25", "WDOZ25", "PETR4", "VALE3", "ITUB4", "BBAS3", "PRIO3"};
constexpr Lines kAssetsCrypto[] = {"BTC", "ETH", "SOL", "LINK", "AVAX"};
constexpr Lines kAssets[] = {"COPPER", "BRENT", "ACME", "ES1", "XAUUSD", "NICKEL"};
constexpr Lines kPlacesBr[] = {"Santos", "Paranaguá", "Itaqui", "Rondonópolis", "Anápolis", "São Leopoldo"};
constexpr Lines kPlaces[] = {"Leixões", "Vigo", "Ourense", "Cáceres", "Algeciras", "Sines", "Guarda"};
constexpr Lines kVessels[] = {"ASTRA MERIDIAN", "NORDIC LARCH", "PEDRA AZUL",
                              "OCEAN TANSY",    "KAPITAN LIND", "SERRA DO MAR"};
constexpr Lines kNotes[] = {"Meia mão até o primeiro alvo, depois stop no zero a zero.", "Gerenciem o risco.",
                            "Mão leve hoje.", "Válido até o fechamento."};

constexpr Headline kHeadlinesPt[] = {
    {"harbourwire.example", "Cobre: leitura da semana, em inglês", "Estoques caem pela nona semana", "copper-stocks"},
    {"mesanorte.example", "Como lemos o fluxo às nove", "Um guia curto com três exemplos", "fluxo"},
    {"boletim.example", "Boletim da manhã", "Juros, câmbio e o que muda hoje", "boletim/manha"}};
constexpr Headline kHeadlinesEn[] = {
    {"harbourwire.example", "Copper stocks fall for a ninth week as two smelters cut output",
     "What it means for the curve", "copper"},
    {"macrobrief.example", "Three things in the minutes", "Patience, wages, and a footnote", "minutes"},
    {"seadesk.example", "Why the queue at anchor is longer than it looks", "Reading AIS with care", "queue"}};
constexpr Question kQuestionsPt[] = {{"Onde fecha o índice hoje?", {"Acima da abertura", "Abaixo", "No zero a zero"}},
                                     {"Qual ativo amanhã?", {"Índice", "Dólar", "Ouro"}}};
constexpr Question kQuestionsEn[] = {{"Next move?", {"Cut", "Hold", "Hike"}},
                                     {"Where is copper in a month?", {"Higher", "Lower", "Here"}}};

constexpr Lines kPeople[] = {"Rita Moura", "Tomás", "Ken A.", "Ilse 🌙", "Prakash", "Dana Levi", "joão p", "M. Okafor"};
constexpr Lines kTopics[] = {"Handover", "Copper", "Coffee corner"};

bool portuguese(Style style) {
  return style == Style::signals || style == Style::gold || style == Style::crypto || style == Style::energy ||
         style == Style::rail || style == Style::flows || style == Style::city;
}

}  // namespace

const Sentences& sentences(Style style) {
  static const std::array<Sentences, 13> kAll = {{{kSignals, kSignalsAnswers, kSignalsCaptions},
                                                  {kGold, kGoldAnswers, kGoldCaptions},
                                                  {kMarkets, kMarketsAnswers, kMarketsCaptions},
                                                  {kCrypto, kCryptoAnswers, kCryptoCaptions},
                                                  {kFires, kFiresAnswers, kFiresCaptions},
                                                  {kShips, kShipsAnswers, kShipsCaptions},
                                                  {kMacro, kMacroAnswers, kMacroCaptions},
                                                  {kEnergy, kEnergyAnswers, kEnergyCaptions},
                                                  {kRail, kRailAnswers, kRailCaptions},
                                                  {kDesk, kDeskAnswers, kDeskCaptions},
                                                  {kFlows, kFlowsAnswers, kFlowsCaptions},
                                                  {kCity, kCityAnswers, kCityCaptions},
                                                  {kArabic, kArabicAnswers, kArabicCaptions}}};
  return kAll[static_cast<std::size_t>(style)];
}

std::span<const std::string_view> word_list(std::string_view name, Style style) {
  if (name == "asset") {
    if (style == Style::crypto) return kAssetsCrypto;
    return style == Style::signals || style == Style::flows ? std::span<const Lines>(kAssetsBr) : kAssets;
  }
  if (name == "place") return portuguese(style) ? std::span<const Lines>(kPlacesBr) : kPlaces;
  if (name == "vessel") return kVessels;
  if (name == "note") return kNotes;
  return {};
}

std::span<const Headline> headlines(Style style) {
  return portuguese(style) ? std::span<const Headline>(kHeadlinesPt) : kHeadlinesEn;
}
std::span<const Question> questions(Style style) {
  return portuguese(style) ? std::span<const Question>(kQuestionsPt) : kQuestionsEn;
}
std::span<const std::string_view> people() { return kPeople; }
std::span<const std::string_view> topics() { return kTopics; }

}  // namespace tg::demo::detail
