// Reads pods as a JSON array and writes down, as another, what keeps each from the "restricted" standard: in the words
// of the evaluator that the API server itself uses.
package main

import (
	"encoding/json"
	"log"
	"os"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"
)

type pod struct {
	Object   string            `json:"object"`
	Metadata metav1.ObjectMeta `json:"metadata"`
	Spec     corev1.PodSpec    `json:"spec"`
}

type finding struct {
	Object string `json:"object"`
	Check  string `json:"check"`
	Detail string `json:"detail"`
}

func main() {
	evaluator, err := policy.NewEvaluator(policy.DefaultChecks(), nil)
	if err != nil {
		log.Fatal(err)
	}
	decoder := json.NewDecoder(os.Stdin)
	decoder.DisallowUnknownFields()
	var pods []pod
	if err := decoder.Decode(&pods); err != nil {
		log.Fatal(err)
	}
	findings := []finding{}
	restricted := api.LevelVersion{Level: api.LevelRestricted, Version: api.LatestVersion()}
	for _, each := range pods {
		for _, result := range evaluator.EvaluatePod(restricted, &each.Metadata, &each.Spec) {
			if !result.Allowed {
				findings = append(findings, finding{each.Object, result.ForbiddenReason, result.ForbiddenDetail})
			}
		}
	}
	if err := json.NewEncoder(os.Stdout).Encode(findings); err != nil {
		log.Fatal(err)
	}
}
