package dev.dbrx4j.tokenizer.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dbrx4j.tokenizer.TokenizerException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Expected values are what Jinja2 prints under `trim_blocks` and `lstrip_blocks`.
class TemplateTest {
  private static final Map<String, Object> VARIABLES =
      Map.of(
          "name",
          TracedText.data(" Ada "),
          "empty",
          TracedText.data(""),
          "yes",
          true,
          "list",
          List.of(TracedText.data("a"), TracedText.data("b"), TracedText.data("c")),
          "map",
          Map.of("key", TracedText.data("value")));

  private static String render(String template) {
    return Template.parse("test", template).render(VARIABLES).text();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      quoteCharacter = '`',
      ignoreLeadingAndTrailingWhitespace = true,
      textBlock =
          """
          x{{ name | trim }}x                                        ~ xAdax
          {{ 'a' + name|trim + "b" }}                                ~ aAdab
          {{ 'it\\'s' + "\\"" + '\\\\' }}                            ~ it's"\\
          {{ map['key'] }}{{ map.key }}                              ~ valuevalue
          {{ list[0] }}{{ list[-1] }}{{ list[1:][0] }}{{ list[:-1]|length }} ~ acb2
          {{ list|length - 1 + 2 }}{{ 7 % 3 }}{{ -7 % 3 }}           ~ 412
          {% if name == ' Ada ' and not empty %}1{% else %}2{% endif %}  ~ 1
          {% if empty or 'z' in 'xyz' %}1{% endif %}                 ~ 1
          {% if 'key' in map and 'a' in list and 'q' not in list %}1{% endif %}  ~ 1
          {% if 1 < 2 and 2 <= 2 and 3 > 2 and 2 >= 3 %}1{% elif yes == true %}2{% endif %} ~ 2
          {% if x is defined %}1{% elif yes is not defined %}2{% elif none is none %}3{% endif %} ~ 3
          {% if name != false and name != 1 and none == none %}1{% endif %} ~ 1
          {% for i in list %}{{ loop.index0 }}{{ i }}{% if not loop.last %},{% endif %}{% endfor %} ~ 0a,1b,2c
          {% for i in list %}{% if loop.first %}{% set n = i %}{% endif %}{{ loop.index }}{% endfor %}{{ n is defined or 'gone' }} ~ 123gone
          {% set n = 'x' %}{% if yes %}{% set n = 'y' %}{% endif %}{{ n }}  ~ y
          a{# {{ nothing }} #}b                                      ~ ab
          { {a} %} }}                                                ~ { {a} %} }}
          {{ (1 + 2) % 2 == 1 and 'odd' }}                           ~ odd
          """)
  void rendersAsJinjaDoes(String template, String expected) {
    assertThat(render(template)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "'a\\n  {% if yes %}\\nb\\n  {% endif %}\\nc', 'a\\nb\\nc'",
    "'a\\n  {{ 1 }}\\nb', 'a\\n  1\\nb'",
    "'a  {% if yes %}  b{% endif %}\\n\\nc', 'a    b\\nc'",
    "'a \\n {%- if yes -%} \\n b {%- endif %} c', 'ab c'",
    "'a\\n {{- 1 -}} \\n b', 'a1b'",
    "'  {%+ if yes +%}\\nb{% endif %}', '  \\nb'",
    "'a\\n  {# x #}\\nb', 'a\\nb'",
    "'a\\n {#- x -#} \\nb', 'ab'",
    "'a\\r\\nb\\rc\\n', 'a\\nb\\nc'",
    "'a\\n\\n', 'a\\n'",
    "'{% set n = 1 %}\\n  {% if yes %}b{% endif %}', 'b'",
    "'{{ 1 }}  {% if yes %}b{% endif %}', '1  b'"
  })
  void treatsWhiteSpaceAsHuggingFaceDoes(String template, String expected) {
    assertThat(render(unescape(template))).isEqualTo(unescape(expected));
  }

  private static String unescape(String text) {
    return text.replace("\\n", "\n").replace("\\r", "\r");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      quoteCharacter = '`',
      textBlock =
          """
          {{ unknown }}                        ~ printing the undefined 'unknown'
          {{ map.other }}                      ~ printing the undefined 'other'
          {% if unknown %}{% endif %}          ~ the undefined 'unknown' as a condition
          {{ list }}                           ~ printing a list
          {{ yes }}                            ~ printing a truth value
          {{ name | upper }}                   ~ 'upper' is not supported here
          {{ 5 | trim }}                       ~ the filter trim of a number
          {{ name.strip() }}                   ~ '(' is not supported here
          {{ 1 if yes else 2 }}                ~ 'if' is not supported here
          {{ [1] }}                            ~ '[' is not supported here
          {{ 2 * 3 }}                            ~ '*' is not supported here
          {{ name[1:] }}                       ~ a slice of a text
          {{ 'a' + 1 }}                        ~ a text + a number
          {{ 1 % 0 }}                          ~ division by zero
          {{ 99999999999 }}                    ~ expected a number below
          {{ '\\q' }}                          ~ the escape \\q
          {% if true == 1 %}{% endif %}        ~ truth == number
          {% macro x() %}                      ~ the block 'macro'
          {% for a, b in map %}{% endfor %}    ~ ',' is not supported here
          {% for a in name %}{% endfor %}      ~ a loop over a text
          {% if yes %}                         ~ expected '{%'
          {% endif %}                          ~ expected the end of the template
          {{ name                              ~ a tag is not closed
          {{ name ? }}                         ~ not supported
          {# name                              ~ a comment is not closed
          {{ name is string }}                 ~ expected defined or none
          """)
  void namesWhatItDoesNotSupport(String template, String message) {
    String second = "first line\n" + template;

    assertThatThrownBy(() -> render(second))
        .isInstanceOf(TokenizerException.class)
        .hasMessageContaining("line 2")
        .hasMessageContaining(message);
  }

  /// Found by fuzzing: each character took a frame of the stack.
  @ParameterizedTest
  @ValueSource(strings = {"a", "\\n", "a\\\\"})
  void readsStringsOfAnyLength(String part) {
    String literal = part.repeat(200_000);
    String text = render("{{ '" + literal + "' }}|{{ \"" + literal + "\" }}");

    assertThat(text)
        .hasSize(2 * 200_000 * part.replace("\\\\", "b").replace("\\n", "b").length() + 1);
  }

  @Test
  void letsTheTemplateRefuse() {
    assertThatThrownBy(() -> render("{{ raise_exception('no ' + 'way') }}"))
        .isInstanceOf(TokenizerException.class)
        .hasMessageContaining("no way");
  }

  @Test
  void knowsWhatTheTemplateWrote() {
    TracedText text = Template.parse("test", "ab{{ name | trim + 'cd' }}").render(VARIABLES);

    assertThat(text.text()).isEqualTo("abAdacd");
    assertThat(text.isLiteral(0, 2)).isTrue();
    assertThat(text.isLiteral(1, 3)).isFalse();
    assertThat(text.isLiteral(2, 5)).isFalse();
    assertThat(text.isLiteral(5, 7)).isTrue();
  }
}
