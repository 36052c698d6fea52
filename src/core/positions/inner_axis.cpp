// Places the frames of every line on the axis that moves within lines.
#include "core/positions/inner_axis.hpp"

#include <algorithm>
#include <cmath>
#include <complex>
#include <numbers>
#include <optional>

#include "core/positions/angles.hpp"
#include "core/positions/line_comb.hpp"
#include "core/words/number_text.hpp"

namespace xrdct::core {
namespace {

constexpr std::size_t line_of_its_own = 6;  // frames from which a line's phase is trusted
constexpr double least_accord = 0.5;        // of the phases of lines, from which they are one comb
constexpr double too_far = 0.4;             // of a line from the places of the others [steps]
constexpr double unsure_offset = 0.35;      // of lines running back from those running forth

double between(double phase) { return phase - std::round(phase); }

/// A circular mean: where phases gather, and how well, 0 to 1.
struct MeanPhase {
  std::complex<double> sum = 0.0;
  double weight = 0.0;
  std::size_t lines = 0;
  void add(double phase, double by) {
    sum += std::polar(by, 2.0 * std::numbers::pi * phase);
    weight += by;
    ++lines;
  }
  double phase() const { return std::arg(sum) / (2.0 * std::numbers::pi); }
  double accord() const { return weight > 0.0 ? std::abs(sum) / weight : 1.0; }
};

class InnerIndexer {
 public:
  InnerIndexer(std::span<double> inner, std::span<ScanLine const> lines, AxisQuery const& query)
      : inner_(inner), lines_(lines), query_(query) {}

  InnerAxis run() {
    auto fit = fit_lines(inner_, lines_);
    if (fit && query_.wish.step) use_wished_step(*fit);
    if (fit && query_.angle && !bring_back(*fit)) fit.reset();
    if (!fit || !place_lines(*fit)) place_pooled(fit ? &*fit : nullptr);
    std::size_t straight = 0;
    for (ScanLine const& line : lines_)
      if (line.direction != 0 || line.frames() < 3) straight += line.frames();
    axis_.in_order = 2 * straight > inner_.size();
    return std::move(axis_);
  }

 private:
  /// A wished step that the lines cannot be told from is taken.
  void use_wished_step(LineComb& fit) const {
    std::size_t longest = 1;
    for (ScanLine const& line : lines_) longest = std::max(longest, line.frames());
    double const step = std::abs(*query_.wish.step);
    if (std::abs(step / fit.step - 1.0) * static_cast<double>(longest) > 0.5) return;
    fit.step = step;
    fit.phases = line_phases(inner_, lines_, step);
  }

  /// Brings lines beyond a turn back by whole turns, to where the longest line is, in the turn of
  /// the wished start or of the first line.
  /// \returns whether the step is that of the places then: a line of several turns whose step is no
  /// part of a turn puts its places between each other
  bool bring_back(LineComb& fit) {
    auto const longest = std::max_element(
        lines_.begin(), lines_.end(),
        [](ScanLine const& a, ScanLine const& b) { return a.frames() < b.frames(); });
    auto [low, high] = ends_of(*longest);
    if (high - low > full_turn + 1.5 * fit.step) {
      fold_turns(inner_, lowest_wished(full_turn - fit.step).value_or(inner_[longest->first]) -
                             0.5 * fit.step);
      axis_.turns_on = true;
      double const places = full_turn / fit.step;
      if (std::abs(places - std::round(places)) > 0.1) return false;
    } else {
      double const by = turn_of_lines(low, high);
      low += by;
      high += by;
      std::size_t brought = 0;
      for (ScanLine const& line : lines_) brought += bring_back(line, low, high, fit.step);
      axis_.turns_on = 4 * brought >= lines_.size();
    }
    fit.phases = line_phases(inner_, lines_, fit.step);
    return true;
  }

  /// The lowest position of a wished line of this length.
  std::optional<double> lowest_wished(double length) const {
    auto const& wish = query_.wish;
    if (!wish.start) return {};
    return wish.step && *wish.step < 0.0 ? *wish.start - length : *wish.start;
  }

  /// From the turn of one line to that in which all shall be.
  double turn_of_lines(double low, double high) const {
    auto const [first, last] = ends_of(lines_.front());
    auto const wished = lowest_wished(high - low);
    double const middle = wished ? *wished + 0.5 * (high - low) : 0.5 * (first + last);
    return full_turn * std::round((middle - 0.5 * (low + high)) / full_turn);
  }

  /// \returns whether the line was elsewhere
  bool bring_back(ScanLine const& line, double low, double high, double step) {
    auto const [first, last] = ends_of(line);
    double const about = std::round((0.5 * (low + high) - 0.5 * (first + last)) / full_turn);
    double best = 0.0, most = -1e300;
    for (double const turns : {about, about - 1.0, about + 1.0}) {
      double const by = turns * full_turn;
      // What the two have in common; of equals the nearest.
      double const common = std::min(high, last + by) - std::max(low, first + by) -
                            0.25 * step * std::abs(turns - about) - 1e-3 * step * std::abs(turns);
      if (common > most) {
        most = common;
        best = by;
      }
    }
    if (best == 0.0) return false;
    for (std::size_t i = line.first; i < line.last; ++i) inner_[i] += best;
    return true;
  }

  std::pair<double, double> ends_of(ScanLine const& line) const {
    auto const [low, high] =
        std::minmax_element(inner_.begin() + static_cast<std::ptrdiff_t>(line.first),
                            inner_.begin() + static_cast<std::ptrdiff_t>(line.last));
    return {*low, *high};
  }

  /// \returns whether the lines lie on one comb, or none better is there
  bool place_lines(LineComb const& fit) {
    MeanPhase forth, back;
    for (std::size_t l = 0; l < lines_.size(); ++l)
      if (lines_[l].frames() >= 4)
        (lines_[l].direction < 0 ? back : forth)
            .add(fit.phases[l], static_cast<double>(lines_[l].frames()));
    if (std::min(forth.accord(), back.accord()) < least_accord) return false;
    double offset = 0.0;
    if (forth.lines > 0 && back.lines > 0) offset = between(back.phase() - forth.phase());
    double const start = forth.lines > 0 ? forth.phase() : back.phase() - offset;
    set_comb(fit, start, offset);
    for (std::size_t l = 0; l < lines_.size(); ++l)
      place_line(lines_[l], fit.phases[l], start + (lines_[l].direction < 0 ? offset : 0.0));
    settle_start();
    axis_.direction_offset = offset;
    if (std::abs(offset) > unsure_offset) ask_about_offset(offset);
    ask_about_single_lines(fit, start, offset);
    return true;
  }

  void set_comb(LineComb const& fit, double start, double offset) {
    axis_.places.kind = AxisPlaces::Kind::equal;
    axis_.places.comb = {(start + 0.5 * offset) * fit.step, fit.step, fit.spread, 1.0, false};
    axis_.places.spread = fit.spread;
    axis_.index.assign(inner_.size(), 0);
  }

  /// The line as a whole to the places of the others, its frames within it.
  void place_line(ScanLine const& line, double phase, double start) {
    double own = line.frames() >= line_of_its_own ? between(phase - start) : 0.0;
    // Within what jitter does to a mean, the line is where the others are.
    if (std::abs(own) < 3.0 * axis_.places.spread / std::sqrt(static_cast<double>(line.frames())))
      own = 0.0;
    for (std::size_t i = line.first; i < line.last; ++i)
      axis_.index[i] = std::llround(inner_[i] / axis_.places.comb.step - start - own);
    if (line.direction != 0) part_collisions(line);
    double const tolerance = found_tolerance(axis_.places);
    for (std::size_t i = line.first; i < line.last; ++i) {
      double const at = inner_[i] / axis_.places.comb.step - start - own;
      double const off = std::abs(at - static_cast<double>(axis_.index[i]));
      if (off > tolerance && off <= 0.5) axis_.index[i] = no_place;
    }
  }

  /// Frames of a straight line that jitter has put on one place, beside a place left empty.
  void part_collisions(ScanLine const& line) {
    auto const way = static_cast<std::int64_t>(line.direction);
    auto& index = axis_.index;
    for (std::size_t i = line.first + 1; i < line.last; ++i) {
      if (index[i] != index[i - 1] ||
          std::abs(inner_[i] - inner_[i - 1]) < 0.15 * axis_.places.comb.step)
        continue;
      if (i + 1 < line.last && index[i + 1] == index[i] + 2 * way)
        index[i] += way;
      else if (i >= line.first + 2 && index[i - 2] == index[i] - 2 * way)
        index[i - 1] -= way;
    }
  }

  /// The start of the comb is where the frames are on the average.
  void settle_start() {
    double sum = 0.0;
    Comb& comb = axis_.places.comb;
    std::size_t placed = 0;
    for (std::size_t i = 0; i < inner_.size(); ++i) {
      if (axis_.index[i] == no_place) continue;
      sum += std::clamp(comb.place_of(inner_[i]) - static_cast<double>(axis_.index[i]), -0.5, 0.5);
      ++placed;
    }
    if (placed > 0) comb.start += sum / static_cast<double>(placed) * comb.step;
  }

  void ask_about_offset(double offset) {
    if (query_.tolerance_given) return;
    axis_.questions.push_back(
        "lines of " + query_.name + " that run back lie " + number_text(std::abs(offset), 2) +
        " steps beside those that run forth: their frames belong to the next place or to the one "
        "before; a motor with slack, or positions taken at the start or the end of the exposure? "
        "Say scan.positions.taken or scan.positions.tolerance");
  }

  void ask_about_single_lines(LineComb const& fit, double start, double offset) {
    std::size_t off = 0, first = 0;
    for (std::size_t l = 0; l < lines_.size(); ++l) {
      double const own = between(fit.phases[l] - start - (lines_[l].direction < 0 ? offset : 0.0));
      if (lines_[l].frames() < line_of_its_own || std::abs(own) <= too_far) continue;
      if (off++ == 0) first = l;
    }
    if (off == 0 || query_.tolerance_given) return;
    axis_.questions.push_back(number_text(static_cast<double>(off)) +
                              " lines (the first with frame " +
                              number_text(static_cast<double>(lines_[first].first)) +
                              ") lie between the places of " + query_.name +
                              " that the others have: they may belong one place on or back; say "
                              "scan.positions.tolerance (frames farther off have no place)");
  }

  /// Without straight lines, or where these lie against each other: by all positions together.
  void place_pooled(LineComb const* fit) {
    bool const straight = fit != nullptr;
    if (query_.angle && !straight && !may_wrap(inner_)) {
      fold_turns(inner_);
      axis_.turns_on = true;
    }
    AxisPlaces const pooled = find_places(inner_, query_.angle);
    axis_.places = pooled;
    if (pooled.kind == AxisPlaces::Kind::none) place_without_grid(fit);
    axis_.index.resize(inner_.size());
    for (std::size_t i = 0; i < inner_.size(); ++i)
      axis_.index[i] = index_of(axis_.places, inner_[i]);
    close_circle();
  }

  /// On a circle filled by folding, the place after the last is the first.
  void close_circle() {
    if (!axis_.turns_on || axis_.places.kind != AxisPlaces::Kind::equal) return;
    double const turn = full_turn / axis_.places.comb.step;
    auto const places = std::llround(turn);
    if (std::abs(turn - static_cast<double>(places)) > 0.1) return;
    std::int64_t first = std::numeric_limits<std::int64_t>::max(), last = no_place;
    for (auto const index : axis_.index)
      if (index != no_place) {
        first = std::min(first, index);
        last = std::max(last, index);
      }
    if (last == no_place || last - first != places) return;
    for (auto& index : axis_.index)
      if (index == first + places) index = first;
  }

  void place_without_grid(LineComb const* fit) {
    auto const longest = std::max_element(
        lines_.begin(), lines_.end(),
        [](ScanLine const& a, ScanLine const& b) { return a.frames() < b.frames(); });
    if (fit != nullptr) {
      set_comb(*fit, fit->phases[static_cast<std::size_t>(longest - lines_.begin())], 0.0);
      axis_.questions.push_back("lines of " + query_.name +
                                " begin between each other's places, by up to a step of " +
                                number_text(fit->step) +
                                ": they have no grid in common; placed at the nearest places of "
                                "the longest line. Does the encoder drift? Say scan." +
                                query_.key +
                                ".start and .step "
                                "with scan.positions.tolerance, or use no positions for this axis");
      return;
    }
    auto& listed = axis_.places.listed;
    listed.assign(inner_.begin() + static_cast<std::ptrdiff_t>(longest->first),
                  inner_.begin() + static_cast<std::ptrdiff_t>(longest->last));
    std::sort(listed.begin(), listed.end());
    listed.erase(std::unique(listed.begin(), listed.end()), listed.end());
    axis_.places.kind = listed.size() == 1 ? AxisPlaces::Kind::one : AxisPlaces::Kind::listed;
    if (lines_.size() == 1) return;
    axis_.questions.push_back("the positions of " + query_.name +
                              " gather at no places; placed at the nearest ones of the longest "
                              "line. Say scan." +
                              query_.key + ".start and .step");
  }

  std::span<double> inner_;
  std::span<ScanLine const> lines_;
  AxisQuery const& query_;
  InnerAxis axis_;
};

}  // namespace

InnerAxis index_inner(std::span<double> inner, std::span<ScanLine const> lines,
                      AxisQuery const& query) {
  return InnerIndexer(inner, lines, query).run();
}

}  // namespace xrdct::core
