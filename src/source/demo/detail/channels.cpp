#include "source/demo/detail/channels.h"

namespace tg::demo::detail {
namespace {

using enum Style;

constexpr std::array<Channel, kMaxChannels> kChannels = {{
    {"Mesa Norte · Sinais", "mesanorte_sinais", signals, 3.0, 48'001},
    {"Ouro & Dólar ao Vivo", "ouroedolar", gold, 2.5, 153'801},
    {"Harbour Wire · Markets", "harbourwire", markets, 3.0, 212'701},
    {"Cripto Radar BR", "criptoradarbr", crypto, 2.0, 96'201},
    {"Wildfire Monitor Iberia", "wildfire_iberia", fires, 1.2, 24'801},
    {"Porto Watch · AIS", "portowatch", ships, 1.5, 31'001},
    {"Macro Brief", "macrobrief_en", macro, 1.0, 18'701},
    {"Energia e Commodities", "energiacommod", energy, 0.9, 27'201},
    {"Central Bank Desk", "cbdesk", macro, 0.6, 9'601},
    {"Ferrovia e Logística", "ferrovia_log", rail, 0.5, 8'001},
    {"Night Desk", "", desk, 1.4, 5'301, true},
    {"B3 Fluxo Institucional", "b3fluxo", flows, 0.8, 21'801},
    {"Transparência Municipal", "transparencia_mun", city, 0.2, 3'101},
    {"أسواق الخليج", "gulfmarkets_ar", arabic, 0.7, 14'401},
    {"Tape Reading Diário", "tapereadingdiario", signals, 1.1, 36'501},
    {"Night Shift Crypto", "nightshiftcrypto", crypto, 1.3, 71'201},
    {"Rates & FX Notes", "ratesfxnotes", macro, 0.6, 12'301},
    {"Granos y Puertos", "granosypuertos", ships, 0.4, 6'701},
    {"Café e Açúcar Hoje", "cafeeacucar", energy, 0.5, 9'901},
    {"Baltic Freight Log", "balticfreight", ships, 0.4, 7'301},
    {"Sala de Opções", "saladeopcoes", signals, 0.9, 17'601},
    {"Equity Open", "equityopen", markets, 0.8, 40'101},
    {"Metais ao Vivo", "metaisaovivo", gold, 0.7, 15'901},
    {"Fiscal Watch BR", "fiscalwatchbr", city, 0.3, 4'501},
    {"Atlantic Weather Desk", "atlanticweather", fires, 0.4, 11'001},
    {"Índice & Dólar Intraday", "winwdo_intraday", signals, 1.2, 58'301},
    {"DeFi Ledger", "defiledger", crypto, 0.7, 26'401},
    {"Gas & Power Europe", "gaspowereu", energy, 0.5, 10'801},
    {"Agenda Econômica", "agendaeconomica", macro, 0.4, 6'101},
    {"Rio Grande Hidrovia", "rghidrovia", rail, 0.2, 2'301},
    {"Copper Street", "copperstreet", markets, 0.5, 19'201},
    {"Serra Alerta", "serraalerta", fires, 0.3, 5'701},
    {"Fundos em Foco", "fundosemfoco", flows, 0.4, 8'701},
    {"Options Flow Desk", "optionsflowdesk", flows, 0.6, 33'301},
    {"Câmbio Agora", "cambioagora", gold, 0.6, 44'101},
    {"Port Congestion Report", "portcongestion", ships, 0.3, 3'901},
    {"Diário do Porto", "diariodoporto", rail, 0.2, 2'901},
    {"Small Caps BR", "smallcapsbr", markets, 0.4, 13'701},
    {"On-chain Morning", "onchainmorning", crypto, 0.4, 16'301},
    {"Prefeitura Aberta", "prefeituraaberta", city, 0.1, 1'701},
    {"Treasury Auction Log", "treasurylog", macro, 0.3, 4'201},
    {"Mesa Sul · Estudos", "mesasul_estudos", signals, 0.3, 2'101},
}};

}  // namespace

std::span<const Channel> channels() { return kChannels; }

model::ChatId Channel::peer() const { return model::channel_peer(9'000'000'001 + (this - kChannels.data())); }

}  // namespace tg::demo::detail
