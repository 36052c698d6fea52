#include "config/keys/table.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/json/json_text.hpp"
#include "config/keys/kinds.hpp"

namespace xrdct::config {

enum class Colour { white, monochromatic };

}  // namespace xrdct::config

namespace xrdct::core {

template <>
inline constexpr auto words_of<config::Colour> =
    std::to_array<Word<config::Colour>>({{"white", config::Colour::white},
                                         {"pink", config::Colour::white},
                                         {"monochromatic", config::Colour::monochromatic}});

}  // namespace xrdct::core

namespace xrdct::config {

struct Beam {
  std::string name;
  Colour colour = Colour::white;
  double energy_kev = 0.0;
  std::optional<double> width_mm = 2.0;
  bool shutter = false;
};

template <>
struct Table<Beam> {
  static constexpr ObjectForm form{.example = R"({"name": "ID15"})", .key_of_text = "name"};
  static constexpr Beside one_colour{"colour", {"monochromatic"}, "monochromatic beams"};
  static constexpr std::tuple keys{
      key("name", &Beam::name, Text("a name"), "Of the beamline.", {.required = "a name"}),
      key("colour", &Beam::colour, Words<Colour>(), "Of the light."),
      key("energy_kev", &Beam::energy_kev, Number(1.0, 100.0), "Of a photon.",
          {.required = "an energy", .beside = one_colour}),
      key("width_mm", &Beam::width_mm, Nullable(Number(0.0)), "Of the slit. null: none."),
      key("shutter", &Beam::shutter, Flag(), "Whether it opens by itself.", {.stored = false},
          [](JsonItem const& item, Beam const& beam) {
            if (beam.shutter && !beam.width_mm) item.reject("false without a slit");
          })};
};
template struct Object<Beam>;

namespace {

namespace json = boost::json;
using testing::ElementsAre;
using testing::IsEmpty;

struct Reading {
  Beam beam;
  std::vector<std::string> problems;
};

Reading read(std::string const& text) {
  Reading out;
  JsonProblems problems("file");
  auto const value = json::parse(text);
  Object<Beam>().read(JsonItem(value, "$", problems), out.beam);
  out.problems = problems.list();
  return out;
}

TEST(KeyTable, FillsTheStructAndLeavesDefaults) {
  auto const [beam, problems] = read(R"({"name": "a", "shutter": true})");
  EXPECT_THAT(problems, IsEmpty());
  EXPECT_EQ(beam.name, "a");
  EXPECT_TRUE(beam.shutter);
  EXPECT_EQ(beam.width_mm, 2.0);
  EXPECT_FALSE(read(R"({"name": "a", "width_mm": null})").beam.width_mm);
}

TEST(KeyTable, TellsUnknownMissingAndWrongKeys) {
  EXPECT_THAT(
      read(R"({"widht_mm": 1, "colour": "green", "shutter": 3})").problems,
      ElementsAre(
          "file: $.name: expected a name, found nothing",
          "file: $.colour: expected one of \"white\", \"pink\", \"monochromatic\", found \"green\"",
          "file: $.shutter: expected true or false, found 3",
          "file: $.widht_mm: expected one of the keys colour, energy_kev, name, shutter, width_mm, "
          "found an unknown key; did you mean \"width_mm\"?"));
  EXPECT_THAT(read("\"ID15\"").problems,
              ElementsAre("file: $: expected an object such as {\"name\": \"ID15\"}, found "
                          "\"ID15\"; write {\"name\": \"ID15\"}"));
  EXPECT_THAT(read("3").problems,
              ElementsAre("file: $: expected an object such as {\"name\": \"ID15\"}, found 3"));
}

TEST(KeyTable, AKeyMayBelongToSomeWordsOfAnother) {
  auto const problems = [](std::string const& rest) {
    return read(R"({"name": "a")" + rest + "}").problems;
  };
  EXPECT_THAT(problems(R"(, "energy_kev": 60)"),
              ElementsAre("file: $.energy_kev: expected no such key here, found 60; energy_kev "
                          "belongs to monochromatic beams"));
  EXPECT_THAT(problems(R"(, "colour": "monochromatic", "energy_kev": 60)"), IsEmpty());
  EXPECT_THAT(problems(R"(, "colour": "monochromatic")"),
              ElementsAre("file: $.energy_kev: expected an energy, found nothing"));
  EXPECT_EQ(problems(R"(, "colour": "monochrome", "energy_kev": 60)").size(), 1u)
      << "what was meant is not known";
}

TEST(KeyTable, WritesWhatIsStored) {
  EXPECT_EQ(canonical_text(Object<Beam>().write({.name = "a", .width_mm = {}, .shutter = true})),
            R"({"colour":"white","name":"a","width_mm":null})");
  EXPECT_EQ(canonical_text(Object<Beam>().write(
                {.name = "b", .colour = Colour::monochromatic, .energy_kev = 60})),
            R"({"colour":"monochromatic","energy_kev":60,"name":"b","width_mm":2})");
}

TEST(KeyTable, DescribesItself) {
  auto const schema = Object<Beam>().schema({});
  EXPECT_EQ(canonical_text(schema.at("required")), R"(["name"])");
  EXPECT_EQ(canonical_text(schema.at("allOf")),
            R"([{"if":{"properties":{"colour":{"enum":["monochromatic"]}},"required":["colour"]},)"
            R"("then":{"required":["energy_kev"]}}])");
  auto const& properties = schema.at("properties");
  EXPECT_EQ(canonical_text(properties.at("colour")),
            R"({"default":"white","description":"Of the light.",)"
            R"("enum":["white","pink","monochromatic"]})");
  EXPECT_EQ(canonical_text(properties.at("width_mm")),
            R"({"default":2,"description":"Of the slit. null: none.","minimum":0,)"
            R"("type":["number","null"]})");
}

}  // namespace
}  // namespace xrdct::config
