// How a channel is named at the command line, among those that the gateway knows.
#include "cli/known_channels.h"

#include <gtest/gtest.h>

namespace tg::cli {
namespace {

const KnownChannels kKnown({
    {"-1001487851422", "Harbour News", "Harbour News", "harbournews"},
    {"-1001487851500", "Harbour Desk", "the desk", ""},
    {"-1001487851501", "Harbour Desk", "the other desk", ""},
    {"-400", "Crew", "Crew", ""},
});

std::string found(const std::string& written) {
  const auto channel = kKnown.find(written);
  return channel ? channel->id : "error: " + channel.error().to_string();
}

TEST(KnownChannels, AreFoundByEverythingThatPeopleCallThem) {
  for (const auto* written : {"-1001487851422", "@harbournews", "HarbourNews", "https://t.me/harbournews/17",
                              "https://t.me/c/1487851422", "Harbour News", "harbour news"}) {
    EXPECT_EQ(found(written), "-1001487851422") << written;
  }
  EXPECT_EQ(found("crew"), "-400");
  EXPECT_EQ(found("The Desk"), "-1001487851500");
}

TEST(KnownChannels, ATitleOfSeveralIsAnErrorWithTheirIds) {
  EXPECT_EQ(found("Harbour Desk"),
            "error: 2 channels are called Harbour Desk. Write the id: -1001487851500, -1001487851501");
}

TEST(KnownChannels, WhatIsMistypedNamesTheNearest) {
  EXPECT_NE(found("@harbornews").find("The nearest is @harbournews (-1001487851422)"), std::string::npos);
  EXPECT_NE(found("Harbor Nwes").find("The nearest is Harbour News (-1001487851422)"), std::string::npos);
  EXPECT_NE(found("-100148785142").find("The nearest is -1001487851422, Harbour News"), std::string::npos);
  EXPECT_NE(found("1487851422").find("The nearest is -1001487851422, Harbour News"), std::string::npos);
}

TEST(KnownChannels, WhatIsNearNothingIsNotGuessed) {
  EXPECT_EQ(found("@nobodyatall"),
            "error: no channel here is called @nobodyatall. telegram-gateway channels lists them");
  EXPECT_NE(found("https://example.org/x").find("is no link of Telegram"), std::string::npos);
}

TEST(KnownChannels, AreNoneWhereNothingIsKnown) {
  EXPECT_EQ(KnownChannels({}).find("@harbournews").error().code, Code::not_found);
}

}  // namespace
}  // namespace tg::cli
