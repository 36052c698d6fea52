// Chooses which places of an axis are part of the grid.
#include "core/positions/axis_range.hpp"

#include <algorithm>

#include "core/words/number_text.hpp"

namespace xrdct::core {
namespace {

constexpr double usual_end = 0.4;    // of the usual count: from here on a place is no stray end
constexpr double stray_end = 0.34;   // up to here a place beside the ends is stray
constexpr double stray_outer = 0.1;  // of an outer axis
constexpr std::size_t fewest_lines = 4;

std::string number(std::int64_t value) { return number_text(static_cast<double>(value), 12); }

double usual_count(std::vector<PlaceCount> const& counts) {
  std::vector<double> values;
  for (PlaceCount const& place : counts) values.push_back(place.count);
  auto const middle = values.begin() + static_cast<long>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

/// Places at the front that few lines reach, beside one that many do. Where lines grow longer
/// little by little, as on a round field, none is stray.
template <class Iterator>
std::size_t stray_places(Iterator first, Iterator last, double usual) {
  std::size_t stray = 0;
  double most = 0.0;
  for (Iterator place = first; place != last && most <= stray_end * usual; ++place, ++stray) {
    if (place->count >= usual_end * usual && most <= stray_end * place->count) return stray;
    most = std::max(most, place->count);
  }
  return 0;
}

/// Places at the front with hardly a frame, far from the rest.
template <class Iterator>
std::size_t parked_places(Iterator first, Iterator last, double usual) {
  std::size_t parked = 0, seen = 0;
  for (Iterator place = first; last - place > 1 && place->count < stray_outer * usual; ++place) {
    ++seen;
    if (std::abs(place[1].index - place->index) >= 3) parked = seen;
  }
  return parked;
}

AxisRange met_range(std::vector<PlaceCount> const& counts, std::size_t lines) {
  double const usual = usual_count(counts);
  std::size_t low = 0, high = 0;
  if (lines == 0) {
    low = parked_places(counts.begin(), counts.end(), usual);
    high = parked_places(counts.rbegin(), counts.rend(), usual);
  } else if (lines >= fewest_lines) {
    low = stray_places(counts.begin(), counts.end(), usual);
    high = stray_places(counts.rbegin(), counts.rend(), usual);
  }
  if (low + high >= counts.size()) low = high = 0;
  std::int64_t const first = counts[low].index;
  return {first, counts[counts.size() - 1 - high].index - first + 1};
}

/// The window of so many places that holds most, and how much the next best one holds.
struct Window {
  std::int64_t first;
  double held, next_best;
};

Window best_window(std::vector<PlaceCount> const& counts, std::int64_t places) {
  Window best{counts.front().index, -1.0, -1.0};
  std::size_t behind = 0;
  double held = 0.0;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    while (behind < counts.size() && counts[behind].index < counts[i].index + places)
      held += counts[behind++].count;
    if (held > best.held)
      best = {counts[i].index, held, best.held};
    else
      best.next_best = std::max(best.next_best, held);
    held -= counts[i].count;
  }
  return best;
}

}  // namespace

std::vector<PlaceCount> count_places(std::vector<std::int64_t> indices) {
  std::erase(indices, no_place);
  std::sort(indices.begin(), indices.end());
  std::vector<PlaceCount> counts;
  for (std::int64_t const index : indices) {
    if (counts.empty() || counts.back().index != index) counts.push_back({index, 0.0});
    counts.back().count += 1.0;
  }
  return counts;
}

AxisRange choose_range(std::vector<PlaceCount> const& counts, std::size_t lines, int way,
                       AxisQuery const& query, std::int64_t const* first_index,
                       std::vector<std::string>& questions) {
  AxisRange const met = counts.empty() ? AxisRange{} : met_range(counts, lines);
  if (first_index != nullptr)
    return {*first_index, query.wish.points
                              ? static_cast<std::int64_t>(*query.wish.points)
                              : std::max<std::int64_t>(1, met.first + met.places - *first_index)};
  if (!query.wish.points || counts.empty()) return met;
  auto const wished = static_cast<std::int64_t>(*query.wish.points);
  std::string const where =
      "scan.shape." + query.key + " is " + number(wished) + ", but " + query.name + " was at ";
  if (wished > met.places) {
    std::int64_t const all = counts.back().index - counts.front().index + 1;
    if (all == wished) return {counts.front().index, wished};
    std::int64_t const more = wished - met.places;
    if (way == 0)
      questions.push_back(where + number(met.places) + " places: at which end are " + number(more) +
                          " missing? Say scan." + query.key + ".start and .step");
    return {way < 0 ? met.first - more : met.first, wished};
  }
  Window const best = best_window(counts, wished);
  if (wished < met.places && best.held - best.next_best < usual_end * usual_count(counts))
    questions.push_back(where + number(met.places) + " places: which of them are the scan? Say " +
                        "scan." + query.key + ".start and .step, or another scan.shape." +
                        query.key);
  return {best.first, wished};
}

}  // namespace xrdct::core
