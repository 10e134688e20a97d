/*
 * HAPI's instance validator over files of R4 resources.
 *
 * In      paths of .json or .ndjson files; those before a "--" are definitions that are only known, not validated
 * Out     one line of JSON per message; exit status 1 where one is an error
 * Choice  definitions among the files are loaded first, wherever they stand, and are validated like everything else
 * Choice  an extension or a profile that is not known is an error; a code system that is not here (SNOMED CT) is a warning
 */
import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.context.support.DefaultProfileValidationSupport;
import ca.uhn.fhir.context.support.IValidationSupport;
import ca.uhn.fhir.validation.FhirValidator;
import ca.uhn.fhir.validation.ResultSeverityEnum;
import ca.uhn.fhir.validation.SingleValidationMessage;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.hl7.fhir.common.hapi.validation.support.CommonCodeSystemsTerminologyService;
import org.hl7.fhir.common.hapi.validation.support.InMemoryTerminologyServerValidationSupport;
import org.hl7.fhir.common.hapi.validation.support.PrePopulatedValidationSupport;
import org.hl7.fhir.common.hapi.validation.support.SnapshotGeneratingValidationSupport;
import org.hl7.fhir.common.hapi.validation.support.UnknownCodeSystemWarningValidationSupport;
import org.hl7.fhir.common.hapi.validation.support.ValidationSupportChain;
import org.hl7.fhir.common.hapi.validation.validator.FhirInstanceValidator;
import org.hl7.fhir.instance.model.api.IBaseResource;
import org.hl7.fhir.r4.model.CodeSystem;
import org.hl7.fhir.r4.model.StructureDefinition;
import org.hl7.fhir.r4.model.ValueSet;

public final class Validate {
  private record Text(String file, int line, String json) {}

  public static void main(String[] paths) throws Exception {
    var fhir = FhirContext.forR4();
    int border = List.of(paths).indexOf("--");
    var texts = read(List.of(paths).subList(border + 1, paths.length));
    var known = new ArrayList<>(texts);
    if (border > 0) known.addAll(read(List.of(paths).subList(0, border)));
    var validator = validator(fhir, definitions(fhir, known));
    var json = new ObjectMapper();
    boolean failed = false;
    for (var text : texts) {
      for (var message : validator.validateWithResult(text.json()).getMessages()) {
        failed |= message.getSeverity().ordinal() >= ResultSeverityEnum.ERROR.ordinal();
        System.out.println(json.writeValueAsString(line(text, message)));
      }
    }
    System.out.flush();
    // Threads of the library would keep the process for a while.
    Runtime.getRuntime().halt(failed ? 1 : 0);
  }

  private static List<Text> read(List<String> paths) throws Exception {
    var texts = new ArrayList<Text>();
    for (String path : paths) {
      if (!path.endsWith(".ndjson")) {
        texts.add(new Text(path, 0, Files.readString(Path.of(path))));
        continue;
      }
      int line = 0;
      for (String text : Files.readAllLines(Path.of(path))) {
        line += 1;
        if (!text.isBlank()) texts.add(new Text(path, line, text));
      }
    }
    return texts;
  }

  private static PrePopulatedValidationSupport definitions(FhirContext fhir, List<Text> texts) {
    var definitions = new PrePopulatedValidationSupport(fhir);
    var parser = fhir.newJsonParser();
    for (var text : texts) {
      if (!text.json().matches("(?s).*\"resourceType\"\\s*:\\s*\"(StructureDefinition|CodeSystem|ValueSet)\".*")) continue;
      IBaseResource resource = parser.parseResource(text.json());
      if (resource instanceof StructureDefinition) definitions.addStructureDefinition(resource);
      if (resource instanceof CodeSystem) definitions.addCodeSystem(resource);
      if (resource instanceof ValueSet) definitions.addValueSet(resource);
    }
    return definitions;
  }

  private static FhirValidator validator(FhirContext fhir, PrePopulatedValidationSupport definitions) {
    var unknown = new UnknownCodeSystemWarningValidationSupport(fhir);
    unknown.setNonExistentCodeSystemSeverity(IValidationSupport.IssueSeverity.WARNING);
    var support = new ValidationSupportChain(new DefaultProfileValidationSupport(fhir), definitions,
        new CommonCodeSystemsTerminologyService(fhir), new InMemoryTerminologyServerValidationSupport(fhir),
        new SnapshotGeneratingValidationSupport(fhir), unknown);
    var module = new FhirInstanceValidator(support);
    module.setAnyExtensionsAllowed(false);
    module.setErrorForUnknownProfiles(true);
    var validator = fhir.newValidator();
    validator.registerValidatorModule(module);
    return validator;
  }

  private static Map<String, Object> line(Text text, SingleValidationMessage message) {
    var line = new LinkedHashMap<String, Object>();
    line.put("file", text.file());
    line.put("line", text.line());
    line.put("severity", message.getSeverity().getCode());
    line.put("path", message.getLocationString());
    line.put("text", message.getMessage());
    return line;
  }
}
