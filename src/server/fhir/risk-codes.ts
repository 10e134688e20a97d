/** Codes of what is assessed and predicted, of the system `codeSystems.risk`; served as a CodeSystem. */
export const riskCodes = {
  'readmission-risk': {
    display: 'Risk of readmission after discharge',
    definition: 'How likely the patient is to return to hospital within the horizon of the model, counted from discharge.',
  },
  'unplanned-readmission': {
    display: 'Unplanned readmission',
    definition:
      'An inpatient stay that was not planned, begun after discharge and within the horizon. Planned stays, and stays of the same episode, do not count.',
  },
  'unplanned-readmission-or-death': {
    display: 'Unplanned readmission or death',
    definition: 'The first of an unplanned readmission and death, after discharge and within the horizon.',
  },
} as const;
