package dev.dbrx4j.grammar;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dbrx4j.InvalidRequestException;
import dev.dbrx4j.StructuredOutput;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Schemas that are malformed, not supported or unsatisfiable are refused with the path of the
/// part.
class SchemaRefusalTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '~',
      value = {
        "{'type':'strin'} ; #/type: \"strin\" is no type",
        "{'properties':{'a':{'minimum':5,'maximum':3,'type':'integer'}}} ; #/properties/a: no value",
        "{'properties':{'a/b~c':{'not':{}}}} ; #/properties/a~1b~0c/not: the keyword is not supported",
        "{'type':'array','items':{'pattern':'(?=x)'}} ; #/items/pattern: the regular expression",
        "{'type':'string','pattern':'^a$','minLength':2} ; #: no value is allowed",
        "{'items':{'format':'colour'}} ; #/items/format: the format colour is not supported",
        "{'enum':[]} ; #/enum: must be an array of values",
        "{'enum':['a'],'type':'integer'} ; #: no value is allowed",
        "{'allOf':[{'type':'string'},{'type':'number'}]} ; #: no value is allowed",
        "{'$ref':'#/$defs/x'} ; #/$ref: there is no #/$defs/x in this document",
        "{'$ref':'http://x/y'} ; #/$ref: there is no http://x/y",
        "{'$ref':'#'} ; #: refers to itself",
        "{'anyOf':[{'$ref':'#'},{'type':'null'}]} ; #: refers to itself",
        "{'oneOf':[{'type':'string'},{'minLength':2,'type':'string'}]} ; #/oneOf: alternatives 0 and 1",
        "{'type':'object','properties':{'a':{'$ref':'#'}},'required':['a']} ; no finite value keeps to the JSON schema",
        "{'type':'array','uniqueItems':true} ; #/uniqueItems: only false",
        "{'type':'number','multipleOf':0.3} ; #: multipleOf 0.3 is not supported",
        "{'minLength':-1} ; #/minLength: must be a whole number",
        "{'properties':{'a':1}} ; #/properties/a: must be an object, true or false",
        "{'properties':{'a':false},'required':['a']} ; #: no value is allowed",
        "{'patternProperties':{}} ; #/patternProperties: the keyword is not supported",
        "{'a' ; the JSON schema is no JSON",
        "{'type':'object','type':'array'} ; the JSON schema is no JSON",
        "false ; #: no value is allowed",
      })
  void namesThePart(String schema, String message) {
    assertThatThrownBy(() -> StructuredOutput.jsonSchema(schema.replace('\'', '"')))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining(message);
  }
}
